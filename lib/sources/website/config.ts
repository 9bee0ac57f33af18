import * as z from 'zod';
import { globs } from '../globs.ts';
import { cleanAddress, siteOf } from './addresses.ts';

export const MOST_PAGES = 5000;

/** What is read of a website. */
export const websiteConfig = z
  .strictObject({
    /** Where it begins; several are of one site. */
    addresses: z
      .array(
        z
          .string()
          .trim()
          .max(1000)
          .refine(
            (address) => cleanAddress(address) !== null,
            'is not an address such as https://example.com/docs/',
          ),
      )
      .min(1, 'give an address')
      .max(20),
    /** Whether pages that are linked there are read too. */
    crawl: z.boolean().default(false),
    /** Whether the site's own list of pages is looked at. */
    sitemap: z.boolean().default(true),
    /** Beginning of the path of all pages; null: the folder of the address. */
    prefix: z.string().trim().max(500).regex(/^\//, 'begins with a slash').nullable().default(null),
    include: globs.default([]),
    exclude: globs.default([]),
    /** Links from the address to a page, at most. */
    depth: z.int().min(0).max(50).default(10),
    maxPages: z.int().min(1).max(MOST_PAGES).default(200),
    /** Seconds between two pages; what robots.txt asks for is waited for in any case. */
    delay: z.number().min(0).max(60).default(0.5),
  })
  .superRefine(({ addresses }, { addIssue }) => {
    const sites = new Set(addresses.map((address) => siteOf(URL.parse(address)?.host ?? '')));
    if (sites.size > 1) {
      addIssue({
        code: 'custom',
        path: ['addresses'],
        message: 'are of different sites: make a source for each',
      });
    }
  });

export type WebsiteConfig = z.output<typeof websiteConfig>;
