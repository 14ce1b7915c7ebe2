/** Values as JSON can carry them. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
