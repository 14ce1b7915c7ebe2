import type { Store } from '../store/store.js';

export const grant = (store: Store): number => store.tables;
