/** PostgreSQL's own mark: no line of its text format for COPY is just this. */
const END = '\\.\n';
const NEWLINE = 0x0a;

/** Ends the rows of one table in the body of a backup. */
export const END_OF_TABLE = Buffer.from(END);

/** Lines in a piece of the text format for COPY: as many as rows end in it. */
export function countRows(chunk: Buffer): number {
  let rows = 0;
  for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) rows += 1;
  return rows;
}

/** The body of a backup, cut into its tables again. Holds little more than the longest row in memory. */
export class TableReader {
  private readonly chunks: AsyncIterator<Buffer>;
  /** Read and not given yet; always begins with a line. */
  private rest: Buffer = Buffer.alloc(0);

  constructor(body: AsyncIterable<Buffer>) {
    this.chunks = body[Symbol.asyncIterator]();
  }

  /** The rows of the next table, to be read to their end before the one after it. */
  async *next(): AsyncGenerator<Buffer> {
    for (;;) {
      if (this.rest.subarray(0, END.length).toString('latin1') === END) {
        this.rest = this.rest.subarray(END.length);
        return;
      }
      const end = this.rest.indexOf(`\n${END}`);
      const lines = end >= 0 ? end + 1 : this.rest.lastIndexOf(NEWLINE) + 1;
      // The mark may be cut in two: what could be its beginning stays.
      if (lines > 0) yield this.take(lines);
      else await this.more();
    }
  }

  private take(bytes: number): Buffer {
    const taken = this.rest.subarray(0, bytes);
    this.rest = this.rest.subarray(bytes);
    return taken;
  }

  private async more(): Promise<void> {
    const read = await this.chunks.next();
    if (read.done === true) {
      throw new Error('the body of the backup ends in the middle of a table');
    }
    this.rest = Buffer.concat([this.rest, read.value]);
  }
}
