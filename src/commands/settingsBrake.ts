import { z } from 'zod';
import { defineButton } from './define.js';

/** From how many people one act may take access. */
export const settingsBrake = defineButton({
  name: 'settings-brake',
  allow: 'admin',
  modal: ({ payload }) => {
    const { data } = z.object({ people: z.number(), percent: z.number() }).safeParse(payload);
    return {
      title: 'When a second Admin must agree',
      fields: {
        people: {
          label: 'More than so many people',
          description: 'Who lose access by one act; a timed end, or one person, never waits',
          maxLength: 30,
          ...(data && { value: String(data.people) }),
        },
        percent: {
          label: 'And more than this share, in percent',
          description: 'Of the people who have something',
          maxLength: 30,
          ...(data && { value: String(data.percent) }),
        },
      },
    };
  },
  async run({ fields, access }) {
    const { people = '', percent = '' } = fields;
    const back = { button: 'settings', payload: null };
    return {
      ...(await access.conduct.setBrake({ people, percent })),
      buttons: [{ label: 'Back to settings', style: 'secondary', press: back }],
    };
  },
});
