import type { Json } from './hub.js';
import { identityErrors, isGiven, list, selectErrors, text, walk, wrong } from './validate.js';
import type { Errors } from './validate.js';

const SELECTS = new Set([3, 5, 6, 7, 8]);

/** What the schemas do not say of a modal. */
export function modalErrors(modal: Json): Errors {
  const errors: Errors = [];
  const components = list(modal.components);
  // Builders let more pass.
  if (components.length > 5) {
    wrong(errors, ['data', 'components'], 'Must be between 1 and 5 in length.');
  }
  const all = walk(components, ['data', 'components']);
  identityErrors(errors, all);
  for (const { one, path } of all) {
    if (one.type === 1 && list(one.components).length > 1) {
      wrong(errors, [...path, 'components'], 'one text input a row');
    }
    if (one.type === 4) inputErrors(errors, one, path);
    if (SELECTS.has(Number(one.type))) {
      selectErrors(errors, one, path);
      if (one.disabled === true) wrong(errors, [...path, 'disabled'], 'only in messages');
    }
    if (one.type === 22 && one.min_values === 0 && one.required !== false) {
      wrong(errors, [...path, 'min_values'], 'cannot be 0 when required');
    }
  }
  return errors;
}

function inputErrors(errors: Errors, input: Json, path: readonly PropertyKey[]): void {
  const [least, most] = [Number(input.min_length ?? 0), Number(input.max_length ?? 4000)];
  if (least > most) wrong(errors, [...path, 'min_length'], 'more than max_length');
  const preset = Array.from(text(input.value)).length;
  if (preset > most) wrong(errors, [...path, 'value'], 'longer than max_length');
  // Its own label is the old way; inside a Label the words stand there.
  const isInLabel = path.at(-1) === 'component';
  if (isInLabel && isGiven(input.label)) {
    wrong(errors, [...path, 'label'], 'not inside a Label');
  }
  if (!isInLabel && text(input.label) === '') {
    wrong(errors, [...path, 'label'], 'This field is required');
  }
}
