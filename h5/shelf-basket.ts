import './styles/basket.css'

export { default as BasketBar } from './components/BasketBar.vue'
export { default as BasketStepper } from './components/BasketStepper.vue'
export { default as RefreshBar } from './components/RefreshBar.vue'
