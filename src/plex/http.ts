import {
  PlexBusy,
  PlexProtocolError,
  PlexRejected,
  PlexUnauthorised,
  PlexUnavailable,
} from './errors.js';
import { sentenceIn } from './xml.js';

/** One request, without its host. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  /** Path pattern for logs and metrics: never ids or addresses. */
  readonly route: string;
  readonly accept: 'application/json' | 'application/xml';
  readonly body?: object;
  readonly timeoutMs: number;
}

/** What became of a call, for logs and figures. */
export interface CallReport {
  readonly method: string;
  readonly route: string;
  /** null: no answer. */
  readonly status: number | null;
  readonly ms: number;
}

/** Who we are to plex.tv. */
export interface Identity {
  readonly token: string;
  readonly clientIdentifier: string;
  readonly onCall?: (report: CallReport) => void;
}

const LONGEST_ERROR = 4_000;
const ALREADY = /already sharing/i;
const NOT_LET_IN = /invalid token|client[- ]identifier/i;
const LONGEST_WAIT_MS = 60 * 60_000;

function headers({ token, clientIdentifier }: Identity, call: Call): Record<string, string> {
  return {
    accept: call.accept,
    ...(token === '' ? {} : { 'x-plex-token': token }),
    'x-plex-client-identifier': clientIdentifier,
    'x-plex-product': 'Usher',
    'x-plex-version': '1',
    'x-plex-device-name': 'Usher',
    ...(call.body ? { 'content-type': 'application/json' } : {}),
  };
}

/** Sends one request and gives what `read` makes of a 2xx answer; the timeout covers the body too. */
export async function request<T>(
  identity: Identity,
  call: Call,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  const began = performance.now();
  let status: number | null = null;
  try {
    const response = await fetch(call.url, {
      method: call.method,
      headers: headers(identity, call),
      redirect: 'manual', // a token must never follow a redirect
      signal: AbortSignal.timeout(call.timeoutMs),
      ...(call.body ? { body: JSON.stringify(call.body) } : {}),
    });
    status = response.status;
    if (!response.ok) throw await failure(call, response);
    return await read(response);
  } catch (error) {
    throw ours(call, error);
  } finally {
    const ms = Math.round(performance.now() - began);
    identity.onCall?.({ method: call.method, route: call.route, status, ms });
  }
}

/** Network trouble in our own terms; what is ours already stays. */
function ours(call: Call, error: unknown): unknown {
  if (error instanceof PlexUnavailable || error instanceof PlexUnauthorised) return error;
  if (error instanceof PlexRejected) return error;
  const what = `${call.method} ${call.route}`;
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return new PlexUnavailable(`${what}: no answer within ${call.timeoutMs} ms`);
  }
  // fetch's own; any other TypeError is a fault of ours.
  if (error instanceof TypeError && error.cause instanceof Error) {
    return new PlexUnavailable(`${what}: ${error.cause.message}`);
  }
  return error;
}

async function failure(call: Call, response: Response): Promise<Error> {
  const { status } = response;
  const what = `${call.method} ${call.route} answered ${status}`;
  // The status says enough when the body breaks off.
  const body = await response.text().catch(() => '');
  const sentence = sentenceIn(body.slice(0, LONGEST_ERROR));
  if (status === 401 || ((status === 400 || status === 422) && NOT_LET_IN.test(sentence))) {
    return new PlexUnauthorised(what, 401);
  }
  if (status === 403 || status === 410) return new PlexUnauthorised(what, status);
  if (status === 408 || status === 429) return new PlexBusy(what, waitOf(response));
  if (status >= 500) return new PlexUnavailable(what, waitOf(response));
  if (status >= 300 && status < 400) return new PlexProtocolError(`${what}, a redirect`);
  if (status === 404) return new PlexRejected(status, sentence, 'not-found');
  return new PlexRejected(status, sentence, ALREADY.test(sentence) ? 'already-sharing' : 'invalid');
}

/** Retry-After in seconds or as a date, as ms, an hour at most. */
function waitOf(response: Response): { retryAfterMs?: number } {
  const text = response.headers.get('retry-after');
  if (text === null) return {};
  const seconds = Number(text);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? { retryAfterMs: Math.min(Math.max(0, ms), LONGEST_WAIT_MS) } : {};
}
