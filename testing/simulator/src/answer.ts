export interface PostAnswer {
  readonly status: number;
  /** At most 4 KiB of it. */
  readonly body: string;
}
