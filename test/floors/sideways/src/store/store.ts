export interface Store {
  readonly tables: number;
}
