import { MAIN, type Node, type Template } from './nodes.ts';
import { type Scope, readPipe, stringOf } from './pipeline.ts';
import { TokenReader } from './reader.ts';

/** Where a list of nodes ended. */
type Ending = 'end' | 'else' | 'else if' | 'else with';

/**
 * Reads a template as Go's text/template/parse does, so that what prometheus-adapter refuses is refused here too.
 *
 * @throws InvalidError with the place in the template
 */
export function readTemplate(template: string): Template {
  const templates = new Map<string, readonly Node[]>();
  const parser = new Parser(template, templates);
  parser.main();
  return { text: template, templates };
}

class Parser {
  readonly #reader: TokenReader;
  readonly #templates: Map<string, readonly Node[]>;
  /** Loops around the place that is read: `break` and `continue` need one. */
  #loops = 0;

  constructor(template: string, templates: Map<string, readonly Node[]>) {
    this.#reader = new TokenReader(template);
    this.#templates = templates;
  }

  main(): void {
    const scope = this.#newScope();
    const nodes: Node[] = [];
    for (;;) {
      const token = this.#reader.next();
      if (token.type === 'end') return this.#define(MAIN, nodes, 0);
      if (token.type === 'text') nodes.push({ type: 'text', text: token.text });
      else if (this.#reader.isKeyword(this.#reader.peekWord(), 'define')) this.#definition();
      else nodes.push(this.#action(scope));
    }
  }

  /** A template has variables of its own; `$` is what it is given. */
  #newScope(): Scope {
    return { reader: this.#reader, variables: ['$'] };
  }

  /** Empty ones may be given again, others once. */
  #define(name: string, nodes: readonly Node[], offset: number): void {
    const isEmpty = (list: readonly Node[] = []): boolean =>
      list.every((node) => node.type === 'text' && /^\s*$/.test(node.text));
    if (isEmpty(this.#templates.get(name))) this.#templates.set(name, nodes);
    else if (!isEmpty(nodes)) throw this.#reader.fault(offset, `the template "${name}" is defined twice`);
  }

  #definition(): void {
    this.#reader.nextWord();
    const token = this.#reader.expect('string', 'define');
    this.#reader.expect('close', 'define');
    this.#ownTemplate(stringOf(this.#reader, token), token.offset);
  }

  #ownTemplate(name: string, offset: number): void {
    const outside = this.#loops;
    this.#loops = 0;
    const { nodes, ending } = this.#list(this.#newScope());
    if (ending !== 'end') throw this.#reader.fault(offset, `unexpected else in template "${name}"`);
    this.#loops = outside;
    this.#define(name, nodes, offset);
  }

  /** Nodes up to and with the `end` or `else` that closes them; of `else if` only the `else` is read. */
  #list(scope: Scope): { nodes: Node[]; ending: Ending } {
    return this.#reader.nested(() => {
      const nodes: Node[] = [];
      for (;;) {
        const token = this.#reader.next();
        if (token.type === 'end') throw this.#reader.fault(token.offset, 'an <<end>> is missing');
        if (token.type === 'text') {
          nodes.push({ type: 'text', text: token.text });
          continue;
        }
        const ending = this.#ending();
        if (ending !== null) return { nodes, ending };
        nodes.push(this.#action(scope));
      }
    });
  }

  #ending(): Ending | null {
    const { text, type } = this.#reader.peekWord();
    if (type !== 'keyword' || (text !== 'end' && text !== 'else')) return null;
    this.#reader.nextWord();
    const next = this.#reader.peekWord();
    if (text === 'else' && this.#reader.isKeyword(next, 'if')) return 'else if';
    if (text === 'else' && this.#reader.isKeyword(next, 'with')) return 'else with';
    this.#reader.expect('close', text);
    return text;
  }

  /** An action, its `<<` being read. */
  #action(scope: Scope): Node {
    const token = this.#reader.peekWord();
    if (token.type !== 'keyword' || token.text === 'nil') {
      return { type: 'action', pipe: readPipe(scope, 'an action') };
    }
    this.#reader.nextWord();
    switch (token.text) {
      case 'if':
      case 'with':
      case 'range':
        return this.#control(token.text, scope);
      case 'break':
      case 'continue':
        this.#reader.expect('close', token.text);
        if (this.#loops === 0) throw this.#reader.fault(token.offset, `${token.text} stands in no range`);
        return { type: token.text };
      case 'template': {
        const name = this.#reader.expect('string', 'template');
        const closed = this.#reader.peekWord().type === 'close';
        if (closed) this.#reader.nextWord();
        const pipe = closed ? null : readPipe(scope, 'template');
        return { type: 'template', name: stringOf(this.#reader, name), pipe, at: token.offset };
      }
      case 'block': {
        const name = this.#reader.expect('string', 'block');
        const pipe = readPipe(scope, 'block');
        this.#ownTemplate(stringOf(this.#reader, name), name.offset);
        return { type: 'template', name: stringOf(this.#reader, name), pipe, at: token.offset };
      }
      default:
        throw this.#reader.unexpected(token, 'this place');
    }
  }

  #control(type: 'if' | 'with' | 'range', scope: Scope): Node {
    const declaredBefore = scope.variables.length;
    const pipe = readPipe(scope, type);
    if (type === 'range') this.#loops++;
    const { nodes: body, ending } = this.#list(scope);
    if (type === 'range') this.#loops--;
    const otherwise = this.#otherwise(type, ending, scope);
    scope.variables.length = declaredBefore;
    return { type, pipe, body, otherwise };
  }

  #otherwise(type: 'if' | 'with' | 'range', ending: Ending, scope: Scope): readonly Node[] {
    if (ending === 'end') return [];
    if (ending === 'else') {
      const { nodes, ending: last } = this.#list(scope);
      if (last !== 'end') throw this.#reader.unexpected(this.#reader.peek(), 'this place: expected end');
      return nodes;
    }
    const word = this.#reader.nextWord();
    if (ending !== `else ${type}`) throw this.#reader.unexpected(word, `the else of ${type}`);
    if (type === 'range') throw this.#reader.unexpected(word, 'range');
    return this.#reader.nested(() => [this.#control(type, scope)]);
  }
}
