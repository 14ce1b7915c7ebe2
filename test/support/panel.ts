export { Panel } from '../../sim/tour/panel.js';
