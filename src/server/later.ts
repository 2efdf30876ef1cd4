/** What is known at once, or how to find it out: until that is called nothing has been asked of anybody. */
export type Later<Answer extends object | null> = Answer | (() => Promise<Answer>);
