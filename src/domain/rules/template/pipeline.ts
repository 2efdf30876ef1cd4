import { FUNCTIONS } from './functions.ts';
import { characterValue, numberValue, unquote } from './literals.ts';
import type { Token } from './lexer.ts';
import type { Command, Operand, Pipe } from './nodes.ts';
import type { TokenReader } from './reader.ts';
import { text, truth } from './values.ts';

/** Whether it begins a command. */
const STARTS = new Set(['identifier', 'dot', 'field', 'variable', 'number', 'char', 'string', '(']);

/** A place in which variables are known: their names in the order of their declaration. */
export type Scope = { reader: TokenReader; variables: string[] };

/**
 * Reads a pipeline up to and with its end.
 *
 * @throws InvalidError with the place in the template
 */
export function readPipe(scope: Scope, where: string, end: 'close' | ')' = 'close'): Pipe {
  const { reader } = scope;
  const at = reader.peekWord().offset;
  const { declared, assigns } = readDeclarations(scope, where);
  const commands: Command[] = [];
  for (;;) {
    const token = reader.peekWord();
    if (token.type === end) break;
    if (!STARTS.has(token.type) && !reader.isKeyword(token, 'nil')) throw reader.unexpected(token, where);
    commands.push(readCommand(scope));
  }
  reader.nextWord();
  if (commands.length === 0) throw reader.fault(at, `a value is missing for ${where}`);
  for (const [{ type, at: place }] of commands.slice(1)) {
    if (type === 'literal' || type === 'dot' || type === 'nil')
      throw reader.fault(place, 'a value takes nothing from a |');
  }
  return { declared, assigns, commands, at };
}

/** `$x := `, `$x = ` or, for range, `$i, $x := `. */
function readDeclarations({ reader, variables }: Scope, where: string): Pick<Pipe, 'declared' | 'assigns'> {
  const declared: string[] = [];
  for (;;) {
    const start = reader.mark();
    const variable = reader.peekWord();
    if (variable.type !== 'variable') return { declared, assigns: false };
    reader.nextWord();
    const next = reader.peekWord();
    if (next.type === '=' || next.type === ':=' || next.type === ',') {
      reader.nextWord();
      declared.push(variable.text);
      variables.push(variable.text);
      if (next.type !== ',') return { declared, assigns: next.type === '=' };
      if (where !== 'range' || declared.length > 1) throw reader.fault(next.offset, `too many variables in ${where}`);
      if (!['variable', 'close', ')'].includes(reader.peekWord().type))
        throw reader.fault(next.offset, 'expected a variable after ","');
      continue;
    }
    reader.back(start);
    return { declared, assigns: false };
  }
}

function readCommand(scope: Scope): Command {
  const { reader } = scope;
  const operands: Operand[] = [];
  for (;;) {
    reader.skipSpace();
    const operand = readOperand(scope);
    if (operand) operands.push(operand);
    const token = reader.peek();
    if (token.type === 'space') continue;
    if (token.type === '|') reader.next();
    else if (token.type !== 'close' && token.type !== ')') throw reader.unexpected(token, 'a command');
    const [first, ...rest] = operands;
    if (!first) throw reader.unexpected(token, 'a command');
    return [first, ...rest];
  }
}

function readOperand(scope: Scope): Operand | null {
  const { reader } = scope;
  const term = readTerm(scope);
  if (term === null) return null;
  const names: string[] = [];
  const at = reader.peek().offset;
  while (reader.peek().type === 'field') names.push(reader.next().text.slice(1));
  if (names.length === 0) return term;
  switch (term.type) {
    case 'field':
    case 'variable':
      return { ...term, names: [...term.names, ...names] };
    case 'function':
    case 'pipe':
    case 'chain':
      return { type: 'chain', of: term, names, at };
    case 'dot':
    case 'nil':
    case 'literal':
      throw reader.fault(at, 'a value like this has no fields');
  }
}

/** Null when the next token begins no operand. */
function readTerm(scope: Scope): Operand | null {
  const { reader, variables } = scope;
  const token = reader.peek();
  const at = token.offset;
  if (!STARTS.has(token.type) && !reader.isKeyword(token, 'nil')) return null;
  reader.next();
  if (token.type === 'keyword') return { type: 'nil', at };
  if (token.type === 'dot') return { type: 'dot', at };
  if (token.type === 'field') return { type: 'field', names: [token.text.slice(1)], at };
  if (token.type === '(') return { type: 'pipe', pipe: reader.nested(() => readPipe(scope, 'parentheses', ')')), at };
  if (token.type === 'variable') {
    if (!variables.includes(token.text)) throw reader.fault(at, `the variable ${token.text} is not defined`);
    return { type: 'variable', name: token.text, names: [], at };
  }
  if (token.type !== 'identifier') return { type: 'literal', value: literal(reader, token), at };
  if (token.text === 'true' || token.text === 'false')
    return { type: 'literal', value: truth(token.text === 'true'), at };
  if (FUNCTIONS.has(token.text)) return { type: 'function', name: token.text, at };
  throw reader.fault(at, `there is no function ${token.text}, expected one of ${[...FUNCTIONS.keys()].join(', ')}`);
}

function literal(reader: TokenReader, token: Token): Extract<Operand, { type: 'literal' }>['value'] {
  if (token.type === 'string') return text(stringOf(reader, token));
  const value = token.type === 'char' ? characterValue(token.text) : numberValue(token.text);
  if (value === null)
    throw reader.fault(token.offset, `${token.text} is no ${token.type === 'char' ? 'character' : 'number that fits'}`);
  return value;
}

/** What a string literal stands for. @throws InvalidError */
export function stringOf(reader: TokenReader, token: Token): string {
  const value = token.type === 'string' ? unquote(token.text) : null;
  if (value === null) throw reader.fault(token.offset, `${token.text} is no string`);
  return value;
}
