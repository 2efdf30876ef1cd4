import { RE2JS, RE2JSException } from 're2js';
import { InvalidError } from '../errors.ts';

/**
 * A pattern that a person wrote, in RE2's syntax as prometheus-adapter takes it (no look-around, linear time). Never
 * JavaScript's RegExp: it reads some of these patterns differently and can be made to run for ever.
 *
 * @throws InvalidError that says what RE2 says
 */
export function compileRegex(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const why = error.message.replace(/^error parsing regexp: /, '');
    throw new InvalidError(`"${pattern}" is not a regular expression in RE2's syntax: ${why}`, { cause: error });
  }
}

/** Whether it matches anywhere: prometheus-adapter anchors nothing. */
export const matchesSomewhere = (regex: RE2JS, text: string): boolean => regex.matcher(text).find();
