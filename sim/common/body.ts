import type { IncomingMessage } from 'node:http';
import busboy from 'busboy';

/** A file that came with a multipart request. */
export interface Upload {
  readonly field: string;
  readonly filename: string;
  readonly content: Buffer;
}

/** JSON as a value, a multipart request as its `payload_json` and files, anything else as text. */
export async function parseBody(
  request: IncomingMessage,
): Promise<{ body: unknown; files: readonly Upload[] }> {
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('multipart/form-data')) return multipart(request);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return { body: text === '' ? undefined : parsed(text), files: [] };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function multipart(request: IncomingMessage): Promise<{ body: unknown; files: Upload[] }> {
  return new Promise((resolve, reject) => {
    const files: Upload[] = [];
    let body: unknown;
    const parser = busboy({ headers: request.headers });
    parser.on('field', (name, value) => {
      if (name === 'payload_json') body = parsed(value);
    });
    parser.on('file', (field, stream, { filename }) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () =>
        files.push({ field, filename: filename ?? '', content: Buffer.concat(chunks) }),
      );
    });
    parser.on('close', () => resolve({ body, files }));
    parser.on('error', reject);
    request.pipe(parser);
  });
}
