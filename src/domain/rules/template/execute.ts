import { type Budget, TemplateRunError } from './budget.ts';
import { templateFault } from './lexer.ts';
import { FUNCTIONS } from './functions.ts';
import type { Command, Node, Operand, Pipe, Template } from './nodes.ts';
import { PLAIN, formatValue } from './format.ts';
import { NIL, type Value, integer, isTrue, sortedEntries, text, typeName } from './values.ts';

/** A template may run others, itself among them, so deep. */
const MAX_DEPTH = 100;

/** Where the text of a run goes; `from` is the action that printed it, null for the template's own text. */
export type Print = (printed: string, from: Pipe | null) => void;

type Variable = { name: string; value: Value };
/** What a node tells the loop around it. */
type Outcome = 'go on' | 'break' | 'continue';

/** One template under execution, as Go's text/template/exec runs it. */
export class Execution {
  readonly #template: Template;
  readonly #budget: Budget;
  readonly #print: Print;
  readonly #depth: number;
  /** The last one of a name counts. */
  readonly #variables: Variable[] = [];

  constructor(template: Template, { budget, print, depth = 0 }: { budget: Budget; print: Print; depth?: number }) {
    this.#template = template;
    this.#budget = budget;
    this.#print = print;
    this.#depth = depth;
  }

  /** @throws InvalidError with the place in the template */
  run(nodes: readonly Node[], dot: Value): void {
    this.#variables.push({ name: '$', value: dot });
    this.#walk(nodes, dot);
  }

  #walk(nodes: readonly Node[], dot: Value): Outcome {
    for (const node of nodes) {
      const outcome = this.#node(node, dot);
      if (outcome !== 'go on') return outcome;
    }
    return 'go on';
  }

  #node(node: Node, dot: Value): Outcome {
    switch (node.type) {
      case 'text':
        this.#print(node.text, null);
        return 'go on';
      case 'action': {
        const value = this.#pipe(node.pipe, dot);
        if (node.pipe.declared.length > 0) return 'go on';
        this.#at(node.pipe.at, () =>
          this.#print(value.type === 'nil' ? '<no value>' : formatValue(value, PLAIN), node.pipe),
        );
        return 'go on';
      }
      case 'break':
      case 'continue':
        return node.type;
      case 'template':
        this.#call(node, dot);
        return 'go on';
      case 'range':
        return this.#scoped(() => this.#range(node, dot));
      case 'if':
      case 'with':
        return this.#scoped(() => {
          const value = this.#pipe(node.pipe, dot);
          if (!isTrue(value)) return this.#walk(node.otherwise, dot);
          return this.#walk(node.body, node.type === 'with' ? value : dot);
        });
    }
  }

  /** What is declared inside is gone behind it. */
  #scoped<T>(run: () => T): T {
    const mark = this.#variables.length;
    const result = run();
    this.#variables.length = mark;
    return result;
  }

  #range({ pipe, body, otherwise }: Extract<Node, { body: unknown }>, dot: Value): Outcome {
    const value = this.#pipe(pipe, dot);
    const mark = this.#variables.length;
    let ran = false;
    for (const [key, item] of this.#at(pipe.at, () => itemsOf(value, pipe.declared.length))) {
      ran = true;
      this.#at(pipe.at, () => this.#budget.step());
      this.#declareItem(pipe, key, item, mark);
      const outcome = this.#walk(body, item);
      this.#variables.length = mark;
      if (outcome === 'break') break;
    }
    return ran ? 'go on' : this.#walk(otherwise, dot);
  }

  /** `$item :=`, `$key, $item :=`, or the same with `=`. The pipe has declared the variables already. */
  #declareItem({ declared, assigns }: Pipe, key: Value, item: Value, mark: number): void {
    const [first, second] = declared;
    if (first === undefined) return;
    const values = second === undefined ? [item] : [key, item];
    values.forEach((value, index) => {
      if (assigns) this.#assign(declared[index]!, value);
      else this.#variables[mark - values.length + index] = { name: declared[index]!, value };
    });
  }

  #call({ name, pipe, at }: Extract<Node, { type: 'template' }>, dot: Value): void {
    const nodes = this.#template.templates.get(name);
    if (nodes === undefined) throw this.#fault(at, `the template "${name}" is not defined`);
    if (this.#depth >= MAX_DEPTH) throw this.#fault(at, `templates run one another deeper than ${MAX_DEPTH}`);
    const given = pipe === null ? NIL : this.#pipe(pipe, dot);
    const context = { budget: this.#budget, print: this.#print, depth: this.#depth + 1 };
    new Execution(this.#template, context).run(nodes, given);
  }

  #pipe(pipe: Pipe, dot: Value): Value {
    let value: Value | undefined;
    for (const command of pipe.commands) value = this.#command(command, dot, value);
    const result = value ?? NIL;
    for (const name of pipe.declared) {
      if (pipe.assigns) this.#assign(name, result);
      else this.#variables.push({ name, value: result });
    }
    return result;
  }

  /** last: what came through a `|`, the command's last argument. */
  #command([first, ...rest]: Command, dot: Value, last: Value | undefined): Value {
    this.#at(first.at, () => this.#budget.step());
    if (first.type === 'function') return this.#function(first, { rest, dot, last });
    const given = rest.length > 0 || last !== undefined;
    if (given) throw this.#fault(first.at, 'this is no function, it takes no argument');
    if (first.type === 'nil') throw this.#fault(first.at, 'nil is no command');
    return this.#operand(first, dot);
  }

  #operand(operand: Operand, dot: Value): Value {
    switch (operand.type) {
      case 'dot':
        return dot;
      case 'nil':
        return NIL;
      case 'literal':
        return operand.value;
      case 'function':
        return this.#function(operand, { rest: [], dot, last: undefined });
      case 'pipe':
        return this.#pipe(operand.pipe, dot);
      case 'field':
        return this.#fields(dot, operand.names, operand.at);
      case 'variable':
        return this.#fields(this.#variable(operand.name, operand.at).value, operand.names, operand.at);
      case 'chain':
        if (operand.of.type === 'nil') throw this.#fault(operand.at, 'nil has no fields');
        return this.#fields(this.#operand(operand.of, dot), operand.names, operand.at);
    }
  }

  #function(
    { name, at }: Extract<Operand, { type: 'function' }>,
    { rest, dot, last }: { rest: readonly Operand[]; dot: Value; last: Value | undefined },
  ): Value {
    const { least, most, run } = FUNCTIONS.get(name)!;
    const count = rest.length + (last === undefined ? 0 : 1);
    if (count < least || count > most)
      throw this.#fault(at, `${name} has ${count} arguments, expected ${least}${most > least ? ' or more' : ''}`);
    if (name === 'and' || name === 'or') return this.#shortCut(name, { rest, dot, last });
    const args = rest.map((operand) => this.#operand(operand, dot));
    if (last !== undefined) args.push(last);
    const result = this.#at(at, () => run(args));
    if (result.type === 'string') this.#at(at, () => this.#budget.make(result.value));
    return result;
  }

  /** The first argument that decides, else the last one; those behind it are not evaluated. */
  #shortCut(
    name: 'and' | 'or',
    { rest, dot, last }: { rest: readonly Operand[]; dot: Value; last: Value | undefined },
  ): Value {
    let value: Value = NIL;
    for (const operand of rest) {
      value = this.#operand(operand, dot);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return last ?? value;
  }

  #fields(value: Value, names: readonly string[], at: number): Value {
    return names.reduce((of: Value, name): Value => {
      if (of.type === 'nil') return NIL;
      if (of.type === 'map[string]string') {
        const found = of.entries.get(name);
        return found === undefined ? NIL : text(found);
      }
      const field = of.type === 'struct' ? of.fields.get(name) : undefined;
      if (field !== undefined) return field;
      const known =
        of.type === 'struct' ? `, expected one of ${[...of.fields.keys()].map((one) => `.${one}`).join(', ')}` : '';
      throw this.#fault(at, `a value of type ${typeName(of)} has no field .${name}${known}`);
    }, value);
  }

  #variable(name: string, at: number): Variable {
    const variable = this.#variables.findLast((one) => one.name === name);
    if (variable === undefined) throw this.#fault(at, `the variable ${name} is not defined`);
    return variable;
  }

  #assign(name: string, value: Value): void {
    const variable = this.#variables.findLast((one) => one.name === name);
    if (variable === undefined) throw new TemplateRunError(`the variable ${name} is not defined`);
    variable.value = value;
  }

  /** Gives a fault of what runs inside its place. */
  #at<T>(at: number, run: () => T): T {
    try {
      return run();
    } catch (error) {
      throw error instanceof TemplateRunError ? this.#fault(at, error.message) : error;
    }
  }

  #fault(at: number, message: string): Error {
    return templateFault(this.#template.text, at, message);
  }
}

/** What range goes over: the items of a list, a map's in the order of its keys, the numbers below an int. */
function* itemsOf(value: Value, declared: number): Generator<[Value, Value]> {
  if (value.type === 'nil') return;
  if (value.type === '[]string') {
    for (const [index, item] of value.items.entries()) yield [integer(index), text(item)];
  } else if (value.type === 'map[string]string') {
    for (const [key, item] of sortedEntries(value.entries)) yield [text(key), text(item)];
  } else if (value.type === 'int' || value.type === 'uint8') {
    if (declared > 1) throw new TemplateRunError('range over a number gives one variable, not two');
    for (let number = 0n; number < value.value; number++) yield [NIL, { type: value.type, value: number }];
  } else {
    throw new TemplateRunError(`range: nothing to go over in a value of type ${typeName(value)}`);
  }
}
