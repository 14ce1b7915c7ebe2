import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** The text was sealed with another key, or for somebody else, or was tampered with. */
export class WrongKey extends Error {
  override readonly name = 'WrongKey';
}

const VERSION = 'v1';
const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

const derived = (secret: string, purpose: string, bytes: number): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', `usher ${VERSION} ${purpose}`, bytes));

/** Seals secrets for the database: `v1.<key id>.<iv, ciphertext and tag>`, each bound to what it belongs to. */
export class Seal {
  private readonly key: Buffer;
  /** Tells keys apart without saying anything about them. */
  private readonly keyId: string;

  constructor(secret: string) {
    this.key = derived(secret, 'seal', 32);
    this.keyId = derived(secret, 'key id', 6).toString('base64url');
  }

  /** `belongsTo` must be given again to open it. */
  close(secret: string, belongsTo: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.key, iv).setAAD(Buffer.from(belongsTo));
    const closed = Buffer.concat([iv, cipher.update(secret, 'utf8'), cipher.final()]);
    const all = Buffer.concat([closed, cipher.getAuthTag()]);
    return [VERSION, this.keyId, all.toString('base64url')].join('.');
  }

  /** Throws `WrongKey`, which never holds what was sealed. */
  open(sealed: string, belongsTo: string): string {
    const [version, keyId, body = ''] = sealed.split('.');
    if (version !== VERSION) throw new WrongKey('sealed by a newer Usher');
    if (keyId !== this.keyId) throw new WrongKey('sealed with another key');
    const all = Buffer.from(body, 'base64url');
    const [iv, rest] = [all.subarray(0, IV_BYTES), all.subarray(IV_BYTES)];
    const cut = Math.max(rest.length - TAG_BYTES, 0);
    try {
      const cipher = createDecipheriv(CIPHER, this.key, iv, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(belongsTo))
        .setAuthTag(rest.subarray(cut));
      return Buffer.concat([cipher.update(rest.subarray(0, cut)), cipher.final()]).toString('utf8');
    } catch {
      throw new WrongKey('sealed for something else, or damaged');
    }
  }
}
