import { eventually } from './drive.js';
import type { Discord, Interaction, Json } from './drive.js';
import { ids } from './world.js';

interface Component {
  readonly type: number;
  readonly custom_id?: string;
  readonly label?: string;
  readonly placeholder?: string;
  readonly url?: string;
  readonly options?: readonly { readonly label: string; readonly value: string }[];
  readonly components?: readonly Component[];
}

const flat = (all: readonly Component[]): readonly Component[] =>
  all.flatMap((one) => [one, ...flat(one.components ?? [])]);

/** A message with buttons and menus, used as a person does: by what stands on them. */
export class Panel {
  private answer!: Interaction;

  constructor(
    private readonly story: { readonly world: { readonly discord: Discord } },
    private readonly user: string = ids.owner,
    /** How long somebody looks at it before they give up. */
    private readonly patienceMs = 15_000,
  ) {}

  private async use(what: Json): Promise<this> {
    const at = { guild: ids.guild, channel: ids.general, user: this.user };
    this.answer = await this.story.world.discord.interact({
      ...at,
      waitMs: Math.min(2_000, this.patienceMs),
      ...what,
    });
    return this;
  }

  /** Opens it by its command. */
  open(name: string, options: Json = {}): Promise<this> {
    return this.use({ kind: 'command', name, options });
  }

  /** Whether only who opened it, or pressed last, sees it. */
  get isPrivate(): boolean {
    return this.answer.answer?.ephemeral === true;
  }

  /** Labels of the buttons on a message of the audit channel. */
  async buttonsOn(messageId: string): Promise<readonly string[]> {
    return (await this.posted(messageId)).flatMap(({ label }) => label ?? []);
  }

  /** Presses a button on a message of the audit channel; from then on this is the answer to that. */
  async pressOn(messageId: string, label: string): Promise<this> {
    const found = (await this.posted(messageId)).find((one) => one.label === label);
    const at = { channel: ids.audit, message: messageId, customId: found?.custom_id };
    return this.use({ kind: 'button', ...at });
  }

  /** Likewise with one that opens a form, which is sent filled in. */
  async fillOn(messageId: string, label: string, fields: Json): Promise<this> {
    await this.pressOn(messageId, label);
    const { custom_id: customId } = this.answer.modal as { custom_id: string };
    const at = { channel: ids.audit, message: messageId, customId };
    return this.use({ kind: 'modal', ...at, fields });
  }

  private async posted(messageId: string): Promise<readonly Component[]> {
    const messages = await this.story.world.discord.messages(ids.audit);
    return flat([messages.find(({ id }) => id === messageId) as unknown as Component]);
  }

  /** What stands on it now, once it says this. */
  says(pattern: RegExp, withinMs = this.patienceMs): Promise<string> {
    return eventually(
      `the panel says ${String(pattern)}`,
      async () => {
        const text = await this.words();
        return pattern.test(text) && text;
      },
      withinMs,
    );
  }

  private async words(): Promise<string> {
    const { discord } = this.story.world;
    const { message } = await discord.interaction(this.answer.id);
    return typeof message?.id === 'string' ? discord.text(message.id) : '';
  }

  /** The content of its only file. */
  async file(): Promise<Buffer> {
    const { message } = await this.story.world.discord.interaction(this.answer.id);
    const [file] = (message?.attachments ?? []) as readonly { readonly url: string }[];
    const fetched = await fetch(file?.url ?? '');
    return Buffer.from(await fetched.arrayBuffer());
  }

  async press(label: string): Promise<this> {
    return this.use({ kind: 'button', ...(await this.part(label)) });
  }

  async choose(placeholder: string, values: readonly string[]): Promise<this> {
    return this.use({ kind: 'select', ...(await this.part(placeholder)), values });
  }

  /** Presses a button that opens a form, and sends that filled in. */
  async fill(label: string, fields: Json): Promise<this> {
    const part = await this.part(label);
    await this.use({ kind: 'button', ...part });
    const { custom_id: customId } = this.answer.modal as { custom_id: string };
    return this.use({ kind: 'modal', message: part.message, customId, fields });
  }

  /** Where a button with this label leads. */
  async link(label: string): Promise<string> {
    const { components } = await this.shown(label);
    return flat(components).find((one) => one.label === label)?.url ?? '';
  }

  /** What a menu offers. */
  async options(placeholder: string): Promise<readonly { label: string; value: string }[]> {
    const { components } = await this.shown(placeholder);
    const menu = flat(components).find((one) => one.placeholder?.startsWith(placeholder));
    return menu?.options ?? [];
  }

  /** Labels of the buttons that can be pressed. */
  async buttons(): Promise<readonly string[]> {
    const { message } = await this.story.world.discord.interaction(this.answer.id);
    return flat((message?.components ?? []) as Component[]).flatMap(({ label }) => label ?? []);
  }

  private async part(words: string): Promise<{ message: unknown; customId: string | undefined }> {
    const { id, components } = await this.shown(words);
    const found = flat(components).find(
      ({ label, placeholder }) => label === words || placeholder?.startsWith(words) === true,
    );
    return { message: id, customId: found?.custom_id };
  }

  private shown(words: string): Promise<{ id: unknown; components: readonly Component[] }> {
    return eventually(
      `something that says ${words}`,
      async () => {
        const { message } = await this.story.world.discord.interaction(this.answer.id);
        const components = (message?.components ?? []) as Component[];
        const isThere = flat(components).some(
          ({ label, placeholder }) => label === words || placeholder?.startsWith(words) === true,
        );
        return isThere && { id: message?.id, components };
      },
      this.patienceMs,
    );
  }
}
