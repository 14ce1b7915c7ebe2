import { defineButton, defineCommand } from '../define.js';
import { showGoing } from '../going.js';
import { tellSynced } from '../sync.js';
import { above, home, troubleOf } from './panel.js';

export const setup = defineCommand({
  name: 'setup',
  description: 'Set up Usher: Plex, audit channel, roles and time zone',
  allow: 'admin',
  private: true,
  needsManageServer: true,
  options: {},
  run: ({ access }) => home(access),
});

export const setupHome = defineButton({
  name: 'setup-home',
  allow: 'admin',
  run: ({ access }) => {
    access.setup.stopLogin();
    return home(access);
  },
});

/** The first read takes over what people have; later ones look again. Neither changes anything in Plex. */
export const setupRead = defineButton({
  name: 'setup-read',
  allow: 'admin',
  async *run({ access }) {
    const what = 'Reading Plex; nothing is changed there.';
    const steps = showGoing(what, access.sync(null), (done) => ({
      tone: 'done',
      text: `${tellSynced(done)}\nNothing was changed in Plex.`,
    }));
    try {
      for await (const reply of steps) {
        yield reply.buttons ? reply : above(reply, await home(access));
      }
    } catch (error) {
      yield above(troubleOf(error), await home(access));
    }
  },
});
