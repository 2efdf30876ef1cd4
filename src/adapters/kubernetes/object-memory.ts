import { parseSelector } from '../../domain/rules/selector.ts';
import { selects } from '../../domain/rules/selects.ts';
import type { ObjectMetadata, Where } from '../../ports/objects.ts';
import type { Store } from './reflector.ts';

/** Answers a part keeps: more selectors than HPAs of one namespace have. */
const ANSWERS_KEPT = 2000;

/** Objects of one resource, by namespace. What did not change stays the very same: objects, and the answers made of them. */
export class ObjectMemory implements Store<ObjectMetadata> {
  /** By namespace; '' for what is root-scoped. */
  readonly #parts = new Map<string, Part>();
  readonly #all = new Answers(() => this.#inOrder());

  replace(objects: readonly ObjectMetadata[]): void {
    const gone = new Map([...this.#parts].map(([namespace, part]) => [namespace, new Set(part.names())]));
    for (const object of objects) {
      this.put(object);
      gone.get(object.namespace ?? '')?.delete(object.name);
    }
    for (const [namespace, names] of gone) for (const name of names) this.#remove(namespace, name);
  }

  put(object: ObjectMetadata): void {
    const namespace = object.namespace ?? '';
    const part = this.#parts.get(namespace) ?? new Part();
    this.#parts.set(namespace, part);
    if (part.put(object)) this.#all.changed();
  }

  remove({ namespace, name }: ObjectMetadata): void {
    this.#remove(namespace ?? '', name);
  }

  /** @throws InvalidError for a selector that does not parse */
  select({ namespace, labelSelector, name }: Where): readonly ObjectMetadata[] {
    const answers = namespace === null ? this.#all : this.#parts.get(namespace)?.answers;
    if (!answers) {
      parseSelector(labelSelector);
      return NONE;
    }
    return answers.select(labelSelector, name);
  }

  #remove(namespace: string, name: string): void {
    const part = this.#parts.get(namespace);
    if (!part?.remove(name)) return;
    if (part.size === 0) this.#parts.delete(namespace);
    this.#all.changed();
  }

  #inOrder(): ObjectMetadata[] {
    const namespaces = [...this.#parts.keys()].toSorted(compare);
    return namespaces.flatMap((namespace) => this.#parts.get(namespace)?.inOrder() ?? []);
  }
}

const NONE: readonly ObjectMetadata[] = [];

/** The objects of one namespace. */
class Part {
  readonly answers = new Answers(() => this.inOrder());
  readonly #objects = new Map<string, ObjectMetadata>();

  get size(): number {
    return this.#objects.size;
  }

  names(): Iterable<string> {
    return this.#objects.keys();
  }

  /** As the API server lists them. */
  inOrder(): ObjectMetadata[] {
    return [...this.#objects.values()].toSorted((a, b) => compare(a.name, b.name));
  }

  /** Whether that changed anything: a pod's status, which is most of what happens to it, does not. */
  put(object: ObjectMetadata): boolean {
    const before = this.#objects.get(object.name);
    if (before && sameLabels(before.labels, object.labels)) return false;
    this.#objects.set(object.name, object);
    this.answers.changed();
    return true;
  }

  remove(name: string): boolean {
    if (!this.#objects.delete(name)) return false;
    this.answers.changed();
    return true;
  }
}

type Answer = { revision: number; objects: readonly ObjectMetadata[] };

/** What selectors select of a part, worked out when asked for after a change, and kept. */
class Answers {
  readonly #inOrder: () => ObjectMetadata[];
  readonly #kept = new Map<string, Answer>();
  #sorted: readonly ObjectMetadata[] | null = null;
  #revision = 0;

  constructor(inOrder: () => ObjectMetadata[]) {
    this.#inOrder = inOrder;
  }

  changed(): void {
    this.#revision += 1;
    this.#sorted = null;
  }

  select(labelSelector: string, name: string | undefined): readonly ObjectMetadata[] {
    const key = `${name ?? ''}/${labelSelector}`; // no name has a slash
    const kept = this.#kept.get(key);
    if (kept?.revision === this.#revision) return kept.objects;
    const requirements = parseSelector(labelSelector);
    this.#sorted ??= this.#inOrder();
    const found = this.#sorted.filter(
      (object) => (name === undefined || object.name === name) && selects(requirements, object.labels),
    );
    const objects = kept && sameObjects(kept.objects, found) ? kept.objects : found;
    if (!kept && this.#kept.size >= ANSWERS_KEPT) this.#kept.clear();
    this.#kept.set(key, { revision: this.#revision, objects });
    return objects;
  }
}

type Labels = ObjectMetadata['labels'];

function sameLabels(a: Labels, b: Labels): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

const sameObjects = (a: readonly ObjectMetadata[], b: readonly ObjectMetadata[]): boolean =>
  a.length === b.length && a.every((object, i) => object === b[i]);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
