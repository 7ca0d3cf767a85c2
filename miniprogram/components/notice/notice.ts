/** What went wrong and what to do next, with one button. Event: `action`, when the button is tapped. */
Component({
  properties: {
    title: String,
    message: String,
    /** Smaller, below the button; nothing when it is empty. */
    note: String,
    /** Label of the button. */
    action: String,
  },
  methods: {
    onAction() {
      this.triggerEvent('action')
    },
  },
})
