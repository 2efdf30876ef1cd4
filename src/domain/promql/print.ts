import {
  type Aggregate,
  type At,
  type Binary,
  type Duration,
  type Expr,
  type Matching,
  PRECEDENCE,
  type Selector,
  type Shift,
} from './ast.ts';
import { durationText, numberText, stringText } from './literals.ts';

/** As PromQL that reads back as the same tree; parentheses where they are needed. */
export function printPromql(expr: Expr): string {
  switch (expr.type) {
    case 'Number':
      return numberText(expr.value);
    case 'String':
      return stringText(expr.value);
    case 'Selector':
      return bare(expr) + shiftText(expr.shift);
    case 'Range': {
      const edges = expr.edges === null ? '' : ` ${expr.edges}`;
      return `${bare(expr.of)}[${printDuration(expr.range)}]${edges}${shiftText(expr.of.shift)}`;
    }
    case 'Subquery': {
      const step = expr.step === null ? '' : printDuration(expr.step);
      return `${operand(expr.of, TIGHTEST)}[${printDuration(expr.range)}:${step}]${shiftText(expr.shift)}`;
    }
    case 'Call':
      return `${expr.name}(${expr.args.map(printPromql).join(', ')})`;
    case 'Aggregate':
      return aggregateText(expr);
    case 'Unary':
      return `${expr.op}${operand(expr.of, SIGN)}`;
    case 'Binary':
      return binaryText(expr);
  }
}

/** Nothing but a name, braces or parentheses. */
const TIGHTEST = 9;
/** A sign's operand: `-x^2` is -(x^2); another sign goes into parentheses. */
const SIGN = 5.5;

/** In parentheses where it binds less tightly than its place asks for. */
function operand(expr: Expr, least: number): string {
  const text = printPromql(expr);
  return tightness(expr) >= least ? text : `(${text})`;
}

function tightness(expr: Expr): number {
  switch (expr.type) {
    case 'Binary':
      return PRECEDENCE[expr.op];
    case 'Unary':
      return 5;
    case 'Number':
      // its sign must not slip out of the left of a power
      return expr.value < 0 || Object.is(expr.value, -0) ? 5 : TIGHTEST;
    case 'Selector':
      return expr.shift.offset === null && expr.shift.at === null ? TIGHTEST : 7;
    case 'Range':
    case 'Subquery':
      return 7;
    case 'String':
    case 'Call':
    case 'Aggregate':
      return TIGHTEST;
  }
}

function binaryText({ op, bool, matching, fill, left, right }: Binary): string {
  const own = PRECEDENCE[op];
  const toTheRight = op === '^';
  const parts = [
    operand(left, toTheRight ? own + 0.1 : own),
    op,
    ...(bool ? ['bool'] : []),
    ...(matching === null ? [] : [matchingText(matching)]),
    ...(fill.left === null ? [] : [`fill_left(${numberText(fill.left)})`]),
    ...(fill.right === null ? [] : [`fill_right(${numberText(fill.right)})`]),
    operand(right, toTheRight ? own : own + 0.1),
  ];
  return parts.join(' ');
}

/** group_left always with its list, so that what follows in parentheses cannot be taken for one. */
function matchingText({ type, labels, group }: Matching): string {
  const own = `${type} ${labelsText(labels)}`;
  return group === null ? own : `${own} group_${group.many} ${labelsText(group.include)}`;
}

function aggregateText({ op, grouping, param, of }: Aggregate): string {
  const group = grouping === null ? '' : ` ${grouping.type} ${labelsText(grouping.labels)} `;
  return `${op}${group}(${param === null ? '' : `${printPromql(param)}, `}${printPromql(of)})`;
}

const labelsText = (labels: readonly string[]): string => `(${labels.map(labelText).join(', ')})`;

/** Names like app.kubernetes.io/name are quoted, which Prometheus 3 takes. */
const labelText = (label: string): string => (/^[a-zA-Z_]\w*$/.test(label) ? label : stringText(label));

/** A name that is a word of the language, such as `on`, is quoted as well. */
const isPlainName = (name: string): boolean =>
  /^[a-zA-Z_:][\w:]*$/.test(name) &&
  !/^(inf|nan|bool|ignoring|on|group_left|group_right|offset|start|end|atan2|and|or|unless|by|without)$/i.test(name);

function bare({ name, matchers }: Selector): string {
  const plain = name !== null && isPlainName(name);
  const parts = matchers.map(({ label, op, value }) => `${labelText(label)}${op}${stringText(value)}`);
  if (name !== null && !plain) parts.unshift(stringText(name));
  return `${plain ? name : ''}${plain && parts.length === 0 ? '' : `{${parts.join(',')}}`}`;
}

const shiftText = ({ at, offset }: Shift): string =>
  `${at === null ? '' : ` @ ${atText(at)}`}${offset === null ? '' : ` offset ${offsetText(offset)}`}`;

const atText = (at: At): string => (at.type === 'timestamp' ? numberText(at.seconds) : `${at.type}()`);

function offsetText(duration: Duration): string {
  const text = printDuration(duration);
  return duration.type === 'Arithmetic' ? `(${text})` : text;
}

function printDuration(duration: Duration): string {
  switch (duration.type) {
    case 'Seconds':
      return durationText(duration.seconds);
    case 'Negative':
      return `-${inParentheses(duration.of)}`;
    case 'Arithmetic':
      return `${inParentheses(duration.left)} ${duration.op} ${inParentheses(duration.right)}`;
    case 'DurationCall':
      return `${duration.name}(${duration.args.map(printDuration).join(', ')})`;
  }
}

const inParentheses = (duration: Duration): string =>
  (duration.type === 'Seconds' && duration.seconds >= 0) || duration.type === 'DurationCall'
    ? printDuration(duration)
    : `(${printDuration(duration)})`;
