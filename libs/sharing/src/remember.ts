/**
 * A pure function that keeps the answers it gave: whoever decides a page asks the same of the same texts over and over.
 * It forgets them all when it knows `most`.
 */
export const remembering = <K, R>(work: (key: K) => R, most = 20_000): ((key: K) => R) => {
  const known = new Map<K, R>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined || known.has(key)) return found as R;
    const answer = work(key);
    if (known.size >= most) known.clear();
    known.set(key, answer);
    return answer;
  };
};

/** The same of objects that never change: what is known of one goes when it goes. */
export const rememberingOf = <K extends object, R>(work: (key: K) => R): ((key: K) => R) => {
  const known = new WeakMap<K, R>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined || known.has(key)) return found as R;
    const answer = work(key);
    known.set(key, answer);
    return answer;
  };
};
