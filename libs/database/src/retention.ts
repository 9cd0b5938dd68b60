/** Rows that have had their time. */
export interface Retention {
  readonly table: string;
  /** SQL that is true for a row that may go. */
  readonly isOver: string;
}
