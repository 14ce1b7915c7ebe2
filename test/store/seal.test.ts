import { describe, expect, test } from 'vitest';
import { Seal, WrongKey } from '../../src/store/seal.js';

const KEY = 'q8Vw3kD1nZ5rT7yU2iO4pA6sF9gH0jLx';
const TOKEN = 'plex-token-that-nobody-may-see';
const seal = new Seal(KEY);

/** The sealed text with one character of its last part replaced. */
const tampered = (sealed: string, at: number): string => {
  const [version = '', keyId = '', body = ''] = sealed.split('.');
  const bytes = Buffer.from(body, 'base64url');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return [version, keyId, bytes.toString('base64url')].join('.');
};

describe('a sealed token', () => {
  test('opens again with the same key, for the same owner', () => {
    const sealed = seal.close(TOKEN, 'owner 1');
    expect(new Seal(KEY).open(sealed, 'owner 1')).toBe(TOKEN);
  });

  test('names its version and key, and shows nothing of the token or the key', () => {
    const sealed = seal.close(TOKEN, 'owner 1');
    expect(sealed).toMatch(/^v1\.[\w-]{8}\.[\w-]+$/);
    expect(sealed).not.toContain(TOKEN);
    expect(Buffer.from(sealed.split('.')[2] ?? '', 'base64url').toString('latin1')).not.toContain(
      TOKEN,
    );
    expect(KEY).not.toContain(sealed.split('.')[1]);
  });

  test('is another text each time', () => {
    expect(seal.close(TOKEN, 'owner 1')).not.toBe(seal.close(TOKEN, 'owner 1'));
  });

  test('does not open for another owner: a row cannot lend its token', () => {
    expect(() => seal.open(seal.close(TOKEN, 'owner 1'), 'owner 2')).toThrow(WrongKey);
  });

  test('does not open with another key', () => {
    const other = new Seal(`${KEY}!`);
    expect(() => other.open(seal.close(TOKEN, 'owner 1'), 'owner 1')).toThrow(/another key/);
  });

  test('that somebody changed, anywhere, does not open', () => {
    const sealed = seal.close(TOKEN, 'owner 1');
    const length = Buffer.from(sealed.split('.')[2] ?? '', 'base64url').length;
    for (let at = 0; at < length; at += 1) {
      expect(() => seal.open(tampered(sealed, at), 'owner 1')).toThrow(WrongKey);
    }
  });

  test.each(['', 'v1', 'v1..', 'v2.abc.def', 'v1.short', TOKEN])('"%s" is none', (text) => {
    expect(() => seal.open(text, 'owner 1')).toThrow(WrongKey);
  });

  test('with the right key id and no body at all does not open', () => {
    const [version, keyId] = seal.close(TOKEN, 'owner 1').split('.');
    expect(() => seal.open(`${version}.${keyId}.`, 'owner 1')).toThrow(WrongKey);
  });
});
