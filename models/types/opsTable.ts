/**
 * A constant of struct type: an ops table such as `static const struct dma_buf_ops x = { .release = … }`. Lives outside
 * the state; fields that are not named are 0.
 */
export interface OpsTable {
  readonly name: string;
  /** Struct tag, for example `dma_buf_ops`. */
  readonly type: string;
  /**
   * Value of each field: the name of a function or of another table (whose address is meant), or an integer.
   */
  readonly fields: Readonly<Record<string, string | number>>;
  /** File the table is defined in. */
  readonly file: string;
  /** The patch adds this table: what it contains is the patch's doing. */
  readonly patched?: boolean;
}
