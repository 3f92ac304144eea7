// What a client in TypeScript writes with the types that openapi-typescript makes of the document.

import type { components, operations, paths } from "../build/openapi";

type Book = components["schemas"]["Book"];
type BookCreate = components["schemas"]["BookCreate"];
type BookUpdate = components["schemas"]["BookUpdate"];
type Query = NonNullable<operations["listBooks"]["parameters"]["query"]>;
type Created = operations["createBook"]["responses"][201]["content"]["application/json"];
type Page = paths["/api/v1/books"]["get"]["responses"][200]["content"]["application/json"];
type Problem = operations["createBook"]["responses"][422]["content"]["application/problem+json"];

export const query: Query = { min_price: 10, genres: ["programming", "fiction"], sort: ["-price", "title"], limit: 20 };

export const book: BookCreate = {
  title: "Clean Code",
  author_name: "Robert C. Martin",
  isbn: "9780132350884",
  price: 39.99,
  genre: null,
};

// Absent, null and a value are three things.
export const update: BookUpdate = { price: 29.99, genre: null };

export const titles = (page: Page): (string | undefined)[] => page.items.map((it) => it.title);

export const year = (it: Book): number => it.published_year ?? 0;

export const id = (it: Created): number => it.id;

export const wrong = (it: Problem): string[] => (it.errors ?? []).map((one) => one.pointer ?? one.parameter ?? one.code);

// @ts-expect-error: nobody sets the identifier.
export const withId: BookCreate = { ...book, id: 1 } satisfies BookCreate;

// @ts-expect-error: no such order.
export const order: Query = { sort_order: "up" };
