import * as spec from 'discord-api-spec/zod';
import { z } from 'zod';

/** Something wrong with a body: where, and what. */
export interface FieldError {
  readonly path: readonly PropertyKey[];
  readonly why: string;
  /** Discord's name of the rule; `INVALID` where none is known. */
  readonly code?: string;
}

const ofList = (schema: z.core.$ZodType) => z.array(schema);
const channel = z.union([
  spec.GuildChannelResponseSchema,
  spec.PrivateChannelResponseSchema,
  spec.ThreadResponseSchema,
]);

/** Discord's own schemas, by the names of its OpenAPI document. */
const schemas = {
  ApplicationCommandAutocompleteCallbackRequest:
    spec.ApplicationCommandAutocompleteCallbackRequestSchema,
  ApplicationCommandCreateRequest: spec.ApplicationCommandCreateRequestSchema,
  ApplicationCommandPatchRequestPartial: spec.ApplicationCommandPatchRequestPartialSchema,
  ApplicationCommandResponse: spec.ApplicationCommandResponseSchema,
  'ApplicationCommandResponse[]': ofList(spec.ApplicationCommandResponseSchema),
  'ApplicationCommandUpdateRequest[]': ofList(spec.ApplicationCommandUpdateRequestSchema),
  BasicGuildMemberResponse: spec.BasicGuildMemberResponseSchema,
  ChannelResponse: channel,
  'ChannelResponse[]': ofList(channel),
  CommandPermissionsResponse: spec.CommandPermissionsResponseSchema,
  CreateMessageInteractionCallbackRequest: spec.CreateMessageInteractionCallbackRequestSchema,
  CreatePrivateChannelRequest: spec.CreatePrivateChannelRequestSchema,
  ErrorResponse: spec.ErrorResponseSchema,
  GatewayBotResponse: spec.GatewayBotResponseSchema,
  GuildMemberResponse: spec.GuildMemberResponseSchema,
  'GuildMemberResponse[]': ofList(spec.GuildMemberResponseSchema),
  GuildResponse: spec.GuildResponseSchema,
  GuildRoleResponse: spec.GuildRoleResponseSchema,
  'GuildRoleResponse[]': ofList(spec.GuildRoleResponseSchema),
  GuildWithCountsResponse: spec.GuildWithCountsResponseSchema,
  IncomingWebhookInteractionRequest: spec.IncomingWebhookInteractionRequestSchema,
  IncomingWebhookUpdateForInteractionCallbackRequestPartial:
    spec.IncomingWebhookUpdateForInteractionCallbackRequestPartialSchema,
  InteractionCallbackResponse: spec.InteractionCallbackResponseSchema,
  MessageCreateRequest: spec.MessageCreateRequestSchema,
  MessageEditRequestPartial: spec.MessageEditRequestPartialSchema,
  MessageResponse: spec.MessageResponseSchema,
  'MessageResponse[]': ofList(spec.MessageResponseSchema),
  ModalInteractionCallbackRequest: spec.ModalInteractionCallbackRequestSchema,
  PrivateApplicationResponse: spec.PrivateApplicationResponseSchema,
  PrivateChannelResponse: spec.PrivateChannelResponseSchema,
  PrivateGuildMemberResponse: spec.PrivateGuildMemberResponseSchema,
  ResolvedObjectsResponse: spec.ResolvedObjectsResponseSchema,
  UpdateMessageInteractionCallbackRequest: spec.UpdateMessageInteractionCallbackRequestSchema,
  UserPIIResponse: spec.UserPIIResponseSchema,
  UserResponse: spec.UserResponseSchema,
} as const;

export type SchemaName = keyof typeof schemas;

/** What of a body is not as Discord's document says. */
export function specErrors(name: SchemaName, body: unknown): FieldError[] {
  const { success, error } = z.safeParse(schemas[name], asSpecified(body));
  return success ? [] : error.issues.flatMap((issue) => explained(issue, []));
}

/** One line of it, for people: `components.0.label: Too big`. */
export const lineOf = ({ path, why }: FieldError): string =>
  path.length === 0 ? why : `${path.map(String).join('.')}: ${why}`;

/** The most of a wrong union: what is wrong with the member that was meant, by its `type`. */
function explained(issue: z.core.$ZodIssue, above: readonly PropertyKey[]): FieldError[] {
  const path = [...above, ...issue.path];
  if (issue.code !== 'invalid_union') return [{ path, why: issue.message }];
  const isAboutType = ({ path: [first] }: z.core.$ZodIssue) => first === 'type';
  const meant = issue.errors.filter((errors) => !errors.some(isAboutType));
  const [nearest] = meant.toSorted((a, b) => a.length - b.length);
  return nearest?.flatMap((inner) => explained(inner, path)) ?? [{ path, why: issue.message }];
}

const OFFSET = /^(\d{4}-\d\d-\d\dT[\d:.]+)\+00:00$/;

/**
 * A body as the document describes it, where the wire is known to differ: instants end in +00:00, not Z; the rules
 * that a refused body broke have names, where the document wants numbers; `default_member_permissions` is a text of
 * digits in requests, where it wants a number. Drops `undefined`.
 */
function asSpecified(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(OFFSET, '$1Z');
  if (Array.isArray(value)) return value.map(asSpecified);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  const whole = Object.fromEntries(entries.map(([key, part]) => [key, asSpecified(part)]));
  const { default_member_permissions: bits, _errors: rules } = whole;
  if (Array.isArray(rules)) return { _errors: rules.map((rule: object) => ({ ...rule, code: 0 })) };
  const isRequest = !('application_id' in whole);
  return isRequest && typeof bits === 'string' && /^\d+$/.test(bits)
    ? { ...whole, default_member_permissions: Number(bits) }
    : whole;
}
