import { z } from 'zod';
import type { Access } from '../../access/access.js';
import { UserError } from '../../core/errors.js';
import { defineButton, defineCommand, person } from '../define.js';
import type { Json, Reply } from '../reply.js';
import { orAgain } from '../setup/panel.js';
import { changedMeanwhile, managePanel } from './managePanel.js';
import { drafted, managingOf, opened, wishOf } from './managing.js';
import type { Managing } from './managing.js';

export const accessManage = defineCommand({
  name: 'access manage',
  description: 'Change all that a person has: times, ends, many libraries at once',
  allow: 'moderator',
  private: true,
  options: { person: person('Choose whose access to change') },
  onMember: { label: 'Manage access', option: 'person' },
  run: ({ values, access }) => managePanel(access, opened(values.person, null)),
});

/** Opens the panel for somebody whose own panel is open. */
export const manageOpen = defineButton({
  name: 'manage-open',
  allow: 'moderator',
  run: ({ payload, access }) => {
    const { person: who, view } = managingOf.pick({ person: true, view: true }).parse(payload);
    return managePanel(access, opened(who, view));
  },
});

/** Shows the panel as the button says: another page, or anew. */
export const managePage = defineButton({
  name: 'manage-page',
  allow: 'moderator',
  run: ({ payload, access }) => managePanel(access, managingOf.parse(payload)),
});

/** Chooses libraries of the page that is shown; those of other pages stay chosen. */
export const manageChoose = defineButton({
  name: 'manage-choose',
  allow: 'moderator',
  run: ({ payload, chosen, access }) => {
    const { shown, ...managing } = managingOf.extend({ shown: z.array(z.string()) }).parse(payload);
    const elsewhere = managing.chosen.filter((id) => !shown.includes(id));
    return managePanel(access, { ...managing, chosen: [...elsewhere, ...chosen] });
  },
});

/** Shows what a change of the chosen libraries would do; a refusal leaves the panel as it was. */
function plan(
  access: Access,
  payload: Json,
  change: (managing: Managing) => Managing | Promise<Managing>,
): Promise<Reply> {
  const managing = managingOf.parse(payload);
  return orAgain(
    async () => managePanel(access, await change(managing)),
    () => managePanel(access, managing),
  );
}

/** Start, end and reason for all libraries that are chosen. */
export const manageTime = defineButton({
  name: 'manage-time',
  allow: 'moderator',
  modal: ({ payload }) => {
    const reason = managingOf.safeParse(payload).data?.reason ?? null;
    return {
      title: 'Time for the chosen libraries',
      fields: {
        from: {
          label: 'Start',
          description: 'tomorrow, friday 20:00; empty means now, or as planned',
          required: false,
        },
        until: {
          label: 'End',
          description: '7d, 24 Dec 20:00; empty means until you take it away',
          required: false,
        },
        reason: {
          label: 'Reason',
          description: 'For the audit channel; empty means none',
          required: false,
          maxLength: 200,
          ...(reason !== null && { value: reason }),
        },
      },
    };
  },
  run: ({ payload, fields, access }) =>
    plan(access, payload, async (managing) => {
      const from = await readWhen(access, fields['from'], { as: 'from' });
      const until = await readWhen(access, fields['until'], {
        as: 'until',
        ...(from && { from }),
      });
      const reason = fields['reason'] ?? '';
      const next = drafted(managing, { kind: 'give', from, until });
      return { ...next, reason: reason === '' ? null : reason };
    }),
});

const readWhen = async (
  access: Access,
  typed = '',
  how: Parameters<Access['readWhen']>[1],
): Promise<Date | null> => (typed === '' ? null : access.readWhen(typed, how));

/** The chosen libraries get no end. */
export const managePermanent = defineButton({
  name: 'manage-permanent',
  allow: 'moderator',
  run: ({ payload, access }) =>
    plan(access, payload, (managing) =>
      drafted(managing, { kind: 'give', from: null, until: null }),
    ),
});

/** The chosen libraries end when this is saved. */
export const manageEnd = defineButton({
  name: 'manage-end',
  allow: 'moderator',
  run: ({ payload, access }) =>
    plan(access, payload, (managing) => drafted(managing, { kind: 'end' })),
});

/** Makes all changes, and follows them until Plex shows them. */
export const manageSave = defineButton({
  name: 'manage-save',
  allow: 'moderator',
  run: ({ payload, access }) => save(access, managingOf.parse(payload)),
});

async function* save(access: Access, managing: Managing): AsyncGenerator<Reply> {
  const outcome = await access.people.manage(wishOf(managing)).catch((error: unknown) => {
    if (error instanceof UserError) return error;
    throw error;
  });
  if (outcome instanceof UserError) {
    yield await orAgain(
      () => Promise.reject(outcome),
      () => managePanel(access, managing),
    );
  } else if (outcome.kind === 'changed') {
    yield await changedMeanwhile(access, managing, await access.people.portrait(managing.person));
  } else if (outcome.kind === 'same') {
    yield await managePanel(access, opened(managing.person, managing.view));
  } else {
    const { person: who, view } = managing;
    const again = { button: 'manage-open', payload: { person: who, view } };
    for await (const told of access.follow(outcome.recorded)) {
      yield { ...told, buttons: [{ label: 'Manage again', style: 'secondary', press: again }] };
    }
  }
}
