import type { AccountId, MachineId, SectionId, ShareId } from '../core/model.js';
import { PlexRejected, PlexUnauthorised, PlexUnavailable } from './errors.js';
import { request } from './http.js';
import type { Call, Identity } from './http.js';
import { parseCreated } from './parse.js';

/** One write, with whom it is for. */
export type PlexWrite =
  | {
      readonly kind: 'create';
      readonly accountId: AccountId;
      readonly sections: readonly SectionId[];
    }
  | { readonly kind: 'create'; readonly email: string; readonly sections: readonly SectionId[] }
  | { readonly kind: 'replace'; readonly shareId: ShareId; readonly sections: readonly SectionId[] }
  | { readonly kind: 'delete'; readonly shareId: ShareId }
  | {
      readonly kind: 'cancelInvite';
      readonly shareId: ShareId;
      readonly accountId: AccountId | null;
      readonly email: string;
    }
  | {
      readonly kind: 'removePerson';
      readonly shareId: ShareId;
      readonly accountId: AccountId;
    };

/** plex.tv took a write; `row` is null when its answer did not say which share it made. */
export interface WriteAnswer {
  readonly row: ShareId | null;
}

export type Send = (machineId: MachineId, write: PlexWrite) => Promise<WriteAnswer>;

/** The calls that change shares: v1, the best proven ones. Settings and filters are never sent, so they survive. */
export class Writer {
  constructor(
    private readonly identity: Identity,
    private readonly options: { readonly plexTvUrl: string; readonly writeTimeoutMs: number },
  ) {}

  /** Sends one write; `reconcile.md` 6 says what each error means. */
  async send(machineId: MachineId, write: PlexWrite): Promise<WriteAnswer> {
    // plex.tv takes an empty list for "everything".
    if ('sections' in write && write.sections.length === 0) {
      throw new Error('an empty list of libraries must never be sent to Plex');
    }
    switch (write.kind) {
      case 'create':
        return { row: await this.create(machineId, write) };
      case 'replace':
        await this.call(
          'PUT',
          `${shared(machineId)}/${write.shareId}`,
          list(machineId, write.sections),
        );
        return { row: write.shareId };
      case 'delete':
        await this.call('DELETE', `${shared(machineId)}/${write.shareId}`);
        return { row: write.shareId };
      case 'cancelInvite':
        await this.cancel(machineId, write);
        return { row: write.shareId };
      case 'removePerson':
        // Not a call about one server: it ends the friendship and every share of this owner with it.
        await this.call('DELETE', `/api/v2/sharings/${write.accountId}`);
        return { row: write.shareId };
    }
  }

  private create(machineId: MachineId, write: Extract<PlexWrite, { kind: 'create' }>) {
    const whom =
      'accountId' in write ? { invited_id: write.accountId } : { invited_email: write.email };
    const body = list(machineId, write.sections);
    const call = this.writing('POST', shared(machineId), {
      ...body,
      shared_server: { ...body.shared_server, ...whom },
    });
    return request(this.identity, call, (response) =>
      response.body ? parseCreated(response.body) : Promise.resolve(null),
    );
  }

  /**
   * Two calls; that one of them has nothing to do any more is fine, and so is that plex.tv retired the first. A refusal
   * of the second does not say that nothing was written.
   */
  private async cancel(
    machineId: MachineId,
    { shareId, accountId, email }: Extract<PlexWrite, { kind: 'cancelInvite' }>,
  ): Promise<void> {
    const invite = encodeURIComponent(String(accountId ?? email));
    const first = `/api/invites/requested/${invite}?friend=1&home=0&server=1`;
    const isDone = await this.call('DELETE', first).then(
      () => true,
      (error: unknown) => {
        const isRetired = error instanceof PlexUnauthorised && error.status === 410;
        if (!isRetired && !isGone(error)) throw error;
        return false;
      },
    );
    await this.call('DELETE', `${shared(machineId)}/${shareId}`).catch((error: unknown) => {
      if (isGone(error)) return;
      throw isDone
        ? new PlexUnavailable('an invite was cancelled by half', { cause: error })
        : error;
    });
  }

  private call(method: 'PUT' | 'DELETE', path: string, body?: object): Promise<void> {
    return request(this.identity, this.writing(method, path, body), async (response) => {
      await response.body?.cancel();
    });
  }

  private writing(method: Call['method'], path: string, body?: object): Call {
    return {
      method,
      url: `${this.options.plexTvUrl}${path}`,
      route:
        path
          .split('?')[0]
          ?.replace(/\/[0-9a-f]{40}\b/, '/{m}')
          .replace(/\/(requested|shared_servers|sharings)\/.+/, '/$1/{id}') ?? path,
      accept: 'application/xml',
      timeoutMs: this.options.writeTimeoutMs,
      ...(body ? { body } : {}),
    };
  }
}

const isGone = (error: unknown): boolean =>
  error instanceof PlexRejected && error.meaning === 'not-found';

const shared = (machineId: MachineId): string => `/api/servers/${machineId}/shared_servers`;

const list = (machineId: MachineId, sections: readonly SectionId[]) => ({
  server_id: machineId,
  shared_server: { library_section_ids: sections },
});
