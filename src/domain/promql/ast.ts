/**
 * PromQL as Prometheus 3 reads it, its experimental parts included. Parentheses, comments and the ways to write one number, duration or
 * string are not kept: two texts that mean the same by grammar have one tree.
 */
export type Expr = Num | Str | Selector | RangeOf | Subquery | Call | Aggregate | Binary | Unary;

/** A duration in the place of a number is its seconds. */
export type Num = { type: 'Number'; value: number };
export type Str = { type: 'String'; value: string };

/** An instant vector selector; under a RangeOf, what is read of the range. name: null where none stands before the braces. */
export type Selector = { type: 'Selector'; name: string | null; matchers: readonly Matcher[]; shift: Shift };

/** label: `__name__` for a quoted name in braces. value: as meant, without quotes and escapes. */
export type Matcher = { label: string; op: MatchOp; value: string };
export type MatchOp = '=' | '!=' | '=~' | '!~';

/** `x[5m]`, and `anchored` or `smoothed` behind it. */
export type RangeOf = { type: 'Range'; of: Selector; range: Duration; edges: 'anchored' | 'smoothed' | null };

/** `expr[1h:5m]`. step: null where the server's own is taken. */
export type Subquery = { type: 'Subquery'; of: Expr; range: Duration; step: Duration | null; shift: Shift };

/** When something is read: offset from the evaluation's time, or from `at`; null where it is not said. */
export type Shift = { offset: Duration | null; at: At | null };
/** seconds: of the epoch. */
export type At = { type: 'timestamp'; seconds: number } | { type: 'start' } | { type: 'end' };

/** A span of time, seconds where it is plain; else the arithmetic that a flag of Prometheus allows. */
export type Duration =
  | { type: 'Seconds'; seconds: number }
  | { type: 'Negative'; of: Duration }
  | { type: 'Arithmetic'; op: '+' | '-' | '*' | '/' | '%' | '^'; left: Duration; right: Duration }
  | { type: 'DurationCall'; name: 'step' | 'range' | 'min_of' | 'max_of'; args: readonly Duration[] };

export type Call = { type: 'Call'; name: string; args: readonly Expr[] };

/** grouping: null where neither `by` nor `without` stands. param: of topk, quantile and the like. */
export type Aggregate = {
  type: 'Aggregate';
  op: AggregateOp;
  grouping: Grouping | null;
  param: Expr | null;
  of: Expr;
};
export type Grouping = { type: 'by' | 'without'; labels: readonly string[] };

export type Unary = { type: 'Unary'; op: '+' | '-'; of: Expr };

/** bool: a comparison that gives 0 and 1. fill: what stands in for a partner that is missing. */
export type Binary = {
  type: 'Binary';
  op: BinaryOp;
  bool: boolean;
  matching: Matching | null;
  fill: { left: number | null; right: number | null };
  left: Expr;
  right: Expr;
};

/** group: the side that may have several rows for one of the other, and the labels that it takes over from there. */
export type Matching = {
  type: 'on' | 'ignoring';
  labels: readonly string[];
  group: { many: 'left' | 'right'; include: readonly string[] } | null;
};

export type AggregateOp = (typeof AGGREGATE_OPS)[number];
export const AGGREGATE_OPS = [
  'sum',
  'avg',
  'min',
  'max',
  'count',
  'group',
  'stddev',
  'stdvar',
  'quantile',
  'topk',
  'bottomk',
  'limitk',
  'limit_ratio',
  'count_values',
] as const;

export type BinaryOp = keyof typeof PRECEDENCE;
/** The higher binds tighter. `^` groups to the right, all others to the left; a sign binds like `*`. */
export const PRECEDENCE = {
  '^': 6,
  '*': 5,
  '/': 5,
  '%': 5,
  atan2: 5,
  '+': 4,
  '-': 4,
  '==': 3,
  '!=': 3,
  '<=': 3,
  '<': 3,
  '>=': 3,
  '>': 3,
  '</': 3,
  '>/': 3,
  and: 2,
  unless: 2,
  or: 1,
} as const;

export const isBinaryOp = (text: string): text is BinaryOp => Object.hasOwn(PRECEDENCE, text);
export const isSetOp = (op: BinaryOp): op is 'and' | 'or' | 'unless' => PRECEDENCE[op] <= 2;

export const NOT_SHIFTED: Shift = { offset: null, at: null };
