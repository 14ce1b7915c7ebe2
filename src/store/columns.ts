import type { EntitySchemaColumnOptions } from 'typeorm';

export type Column = EntitySchemaColumnOptions;

export const text: Column = { type: 'text' };
export const uuid: Column = { type: 'uuid' };
export const instant: Column = { type: 'timestamptz' };
export const json: Column = { type: 'jsonb' };
export const flag: Column = { type: 'boolean', default: false };
export const count: Column = { type: 'integer', default: 0 };
/** plex.tv's numbers: beyond 32 bits one day, far below 2^53. */
export const plexNumber: Column = {
  type: 'bigint',
  transformer: {
    to: (value: number | null) => value,
    from: (value: string | number | null) => (value === null ? null : Number(value)),
  },
};

export const key = (column: Column): Column => ({ ...column, primary: true });
export const orNull = (column: Column): Column => ({ ...column, nullable: true });

/** A foreign key from one column; what is pointed to cannot go away before what points to it. */
export const to = (target: string, property: string, column = 'id') => ({
  target,
  columnNames: [property],
  referencedColumnNames: [column],
});
