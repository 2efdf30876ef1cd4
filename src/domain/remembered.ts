/**
 * Makes something of an object once, for as long as the object is the same and in use. Only for what the object alone decides.
 * What is thrown is not kept.
 */
export function remembered<Key extends object, Value extends string | object | null>(
  make: (key: Key) => Value,
): (key: Key) => Value {
  const known = new WeakMap<Key, Value>();
  return (key) => {
    const kept = known.get(key);
    if (kept !== undefined) return kept;
    const made = make(key);
    known.set(key, made);
    return made;
  };
}
