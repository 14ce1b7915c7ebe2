import {
  ComponentType,
  TextInputStyle,
  type APIModalInteractionResponseCallbackData,
} from 'discord.js';
import type { Modal, ModalField } from '../commands/reply.js';

const LONGEST_SHORT = 100;

/** A form as Discord takes it; `customId` comes back with what was filled in. */
export function renderModal(
  { title, fields }: Modal,
  customId: string,
): APIModalInteractionResponseCallbackData {
  return {
    title,
    custom_id: customId,
    components: Object.entries(fields).map(([name, field]) => ({
      type: ComponentType.Label,
      label: field.label,
      ...(field.description !== undefined && { description: field.description }),
      component: input(name, field),
    })),
  };
}

const input = (
  name: string,
  { placeholder, value, required = true, maxLength = LONGEST_SHORT }: ModalField,
) => ({
  type: ComponentType.TextInput as const,
  style: TextInputStyle.Short,
  custom_id: name,
  required,
  max_length: maxLength,
  ...(placeholder !== undefined && { placeholder }),
  ...(value !== undefined && { value }),
});
