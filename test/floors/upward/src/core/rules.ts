import { access } from '../access/access.js';

export const rules = [access];
