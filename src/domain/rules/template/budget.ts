/** So much work and text one read may make: a template is the administrator's, but its slip must not stop the server. */
const MAX_STEPS = 100_000;
const MAX_CHARACTERS = 4 * 2 ** 20;

/** A fault while a template runs, a sentence without its place. */
export class TemplateRunError extends Error {
  override readonly name = 'TemplateRunError';
}

/** Counts what one run does. Every method throws TemplateRunError when it is too much. */
export class Budget {
  #steps = 0;
  #characters = 0;

  step(): void {
    if (++this.#steps > MAX_STEPS) throw new TemplateRunError(`more than ${MAX_STEPS} steps`);
  }

  /** Text that was made, also where it is not printed. */
  make(text: string): string {
    this.#characters += text.length;
    if (this.#characters > MAX_CHARACTERS) throw new TemplateRunError(`more than ${MAX_CHARACTERS} characters`);
    return text;
  }
}
