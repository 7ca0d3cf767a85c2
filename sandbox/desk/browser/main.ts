import { createApp } from 'vue'
import DeskPage from './DeskPage.vue'
import { follow } from './sandbox/follow.ts'
import { speak } from './words/t.ts'
import './styles/phones.css'
import './styles/desk.css'
import './styles/parts.css'
import './styles/messages.css'
import './styles/panels.css'
import './styles/forced-colors.css'

speak(new URLSearchParams(location.search).get('lang') === 'en' ? 'en' : 'zh-CN')
createApp(DeskPage).mount('#desk')
follow()
