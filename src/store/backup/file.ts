import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, open, rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import { UserError } from '../../core/errors.js';

/*
 * A backup file: two lines that people can read (`usher backup 1`, then the header as JSON), the rows of all tables as
 * one gzip stream, and a last line with the SHA-256 of everything before it.
 */

const headerShape = z.object({
  usher: z.string(),
  takenAt: z.iso.datetime().transform((text) => new Date(text)),
  /** The migrations that its tables have seen. */
  migrations: z.array(z.string()).min(1).readonly(),
  tables: z
    .array(
      z.object({
        name: z.string(),
        columns: z.array(z.string()).readonly(),
        rows: z.number().int().nonnegative(),
      }),
    )
    .readonly(),
});

/** What a backup says of itself. */
export type Header = z.output<typeof headerShape>;

/** A backup whose checksum was found right. */
export interface Backup {
  readonly path: string;
  readonly header: Header;
  /** The rows, unpacked; to be read once. */
  body(): Readable;
}

const FORMAT = 1;
const FIRST_LINE = /^usher backup (\d+)$/;
/** Of the two lines before the rows, in bytes. */
const LONGEST_HEAD = 1 << 20;
const SEAL = /^\nsha256 ([0-9a-f]{64})\n$/;
const SEAL_BYTES = '\nsha256 \n'.length + 64;

const sealOf = (digest: string): Buffer => Buffer.from(`\nsha256 ${digest}\n`);

/** Size of a finished backup, in bytes. */
export async function sizeOf(path: string): Promise<number> {
  return (await stat(path)).size;
}

/** Refuses a file that is there already: a backup is not lost to a typing mistake. */
export async function refuseExisting(path: string): Promise<void> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  throw new UserError(
    'file-exists',
    `${path} is there already. Choose another name, or add --force to replace it.`,
  );
}

/** Writes a backup beside its place and moves it there whole; until then, and when it fails, nothing is there. */
export async function writeBackup(
  path: string,
  { header, body, signal }: { header: Header; body: AsyncIterable<Buffer>; signal: AbortSignal },
): Promise<void> {
  const part = `${path}.part`;
  try {
    await rm(part, { force: true });
    const file = await open(part, 'wx', 0o600);
    const hash = createHash('sha256');
    const head = `usher backup ${FORMAT}\n${JSON.stringify(header)}\n`;
    await pipeline(
      Readable.from(body),
      createGzip(),
      async function* (packed: AsyncIterable<Buffer>) {
        const first = Buffer.from(head);
        hash.update(first);
        yield first;
        for await (const chunk of packed) {
          hash.update(chunk);
          yield chunk;
        }
        yield sealOf(hash.digest('hex'));
      },
      file.createWriteStream({ flush: true }),
      { signal },
    );
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined); // what went wrong first is what is told
    throw explained(error, path);
  }
}

/** Opens a backup after reading all of it once: what is damaged, cut short or something else is refused. */
export async function openBackup(path: string): Promise<Backup> {
  try {
    const { size } = await stat(path);
    const { header, headBytes } = await readHead(path);
    await verify(path, size);
    const rows = { start: headBytes, end: size - SEAL_BYTES - 1 };
    return { path, header, body: () => unpacked(path, rows) };
  } catch (error) {
    throw explained(error, path);
  }
}

function unpacked(path: string, rows: { start: number; end: number }): Readable {
  const file = createReadStream(path, rows);
  const gunzip = createGunzip();
  file.on('error', (error) => gunzip.destroy(error));
  gunzip.on('close', () => file.destroy());
  return file.pipe(gunzip);
}

async function readHead(path: string): Promise<{ header: Header; headBytes: number }> {
  const file = await open(path, 'r');
  const start = Buffer.alloc(LONGEST_HEAD);
  const { bytesRead } = await file.read(start, 0, LONGEST_HEAD, 0).finally(() => file.close());
  const firstEnd = start.subarray(0, bytesRead).indexOf('\n');
  const format = FIRST_LINE.exec(start.toString('latin1', 0, Math.max(firstEnd, 0)))?.[1];
  if (format === undefined) throw new UserError('no-backup', `${path} is not a backup of Usher.`);
  if (Number(format) > FORMAT) {
    throw new UserError(
      'newer-backup',
      `${path} was made by a newer Usher than this one. Restore it with that version.`,
    );
  }
  const secondEnd = start.subarray(0, bytesRead).indexOf('\n', firstEnd + 1);
  const header = headerOf(start.toString('utf8', firstEnd + 1, Math.max(secondEnd, firstEnd + 1)));
  if (header === null) throw damaged(path);
  return { header, headBytes: secondEnd + 1 };
}

function headerOf(line: string): Header | null {
  try {
    return headerShape.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

async function verify(path: string, size: number): Promise<void> {
  const end = size - SEAL_BYTES;
  if (end <= 0) throw damaged(path);
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { end: end - 1 }), hash);
  const seal: Buffer[] = [];
  for await (const chunk of createReadStream(path, { start: end })) seal.push(chunk as Buffer);
  const said = SEAL.exec(Buffer.concat(seal).toString('latin1'))?.[1];
  if (said !== hash.digest('hex')) throw damaged(path);
}

/** What was written is not what is there. */
export const damaged = (path: string): UserError =>
  new UserError(
    'damaged-backup',
    `${path} is damaged or was cut short: its checksum is not right. Take another copy of it.`,
  );

const REASONS: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `${path} is not there. Is the path right?`,
  ENOTDIR: (path) => `${path} is not there. Is the path right?`,
  EISDIR: (path) => `${path} is a folder. Name a file.`,
  EACCES: (path) =>
    `${path} is closed to this account. Choose another place, or change its rights.`,
  EPERM: (path) => `${path} is closed to this account. Choose another place, or change its rights.`,
  EROFS: (path) =>
    `${path} is on a file system that only lets itself be read. Choose another place.`,
  ENOSPC: (path) => `There is no room for ${path}. Choose another place.`,
  EDQUOT: (path) => `There is no room for ${path}. Choose another place.`,
};

function explained(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const isOfFiles = error instanceof Error && 'syscall' in error;
  const reason = isOfFiles ? REASONS[code] : undefined;
  return reason ? new UserError('file', reason(path), { code }) : error;
}
