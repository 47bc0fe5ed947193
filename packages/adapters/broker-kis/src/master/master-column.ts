/** Name as KIS's header files have it, and width in bytes. */
export type MasterColumn = readonly [name: string, width: number];
