/** Something that was found in a text. */
export interface Found {
  from: number;
  to: number;
  /** `GitHub token` */
  what: string;
  /** Beyond doubt: by its checksum, or a shape that nothing else has. */
  certain: boolean;
}
