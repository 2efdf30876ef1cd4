import { templateFault } from './lexer.ts';
import { MAIN, type Node, type Operand, type Pipe, type Template } from './nodes.ts';

/** What a metricsQuery is given, in the order of prometheus-adapter's struct. */
export const FIELDS = ['Series', 'LabelMatchers', 'LabelValuesByName', 'GroupBy', 'GroupBySlice'] as const;

/** Whether `.` is the data, which is so in the query itself outside of with and range, and never known in a define. */
type Dot = 'data' | 'unknown';

/** @throws InvalidError for a field that the data has not, and for a template that is not defined */
export function checkNames(template: Template): void {
  for (const [name, nodes] of template.templates)
    new Check(template, name === MAIN).nodes(nodes, name === MAIN ? 'data' : 'unknown');
}

class Check {
  readonly #template: Template;
  /** In the query itself `$` is the data all through. */
  readonly #main: boolean;

  constructor(template: Template, main: boolean) {
    this.#template = template;
    this.#main = main;
  }

  nodes(nodes: readonly Node[], dot: Dot): void {
    for (const node of nodes) this.#node(node, dot);
  }

  #node(node: Node, dot: Dot): void {
    switch (node.type) {
      case 'text':
      case 'break':
      case 'continue':
        return;
      case 'action':
        return this.#pipe(node.pipe, dot);
      case 'template':
        if (node.pipe !== null) this.#pipe(node.pipe, dot);
        if (this.#template.templates.has(node.name)) return;
        throw templateFault(this.#template.text, node.at, `the template "${node.name}" is not defined`);
      case 'if':
      case 'with':
      case 'range':
        this.#pipe(node.pipe, dot);
        this.nodes(node.body, node.type === 'if' ? dot : 'unknown');
        this.nodes(node.otherwise, dot);
    }
  }

  #pipe(pipe: Pipe, dot: Dot): void {
    for (const operand of pipe.commands.flat()) this.#operand(operand, dot);
  }

  #operand(operand: Operand, dot: Dot): void {
    if (operand.type === 'pipe') this.#pipe(operand.pipe, dot);
    else if (operand.type === 'chain') this.#operand(operand.of, dot);
    else if (operand.type === 'field' && dot === 'data') this.#field(operand.names[0], operand.at);
    else if (operand.type === 'variable' && operand.name === '$' && this.#main)
      this.#field(operand.names[0], operand.at);
  }

  #field(name: string | undefined, at: number): void {
    if (name === undefined || FIELDS.some((field) => field === name)) return;
    const known = FIELDS.map((field) => `.${field}`).join(', ');
    throw templateFault(this.#template.text, at, `.${name} is no field of the data, expected one of ${known}`);
  }
}
