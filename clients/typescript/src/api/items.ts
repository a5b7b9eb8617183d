import type { Http } from '../http.js';
import type { CallOptions } from '../options.js';
import type { Page } from '../types.js';

/** All items of a list, over as many pages as it has. */
export async function itemsOf<T>(http: Http, path: string, query: object, options?: CallOptions): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null | undefined;
  do {
    const page: Page<T> = await http.get(path, { ...query, cursor }, options);
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return items;
}
