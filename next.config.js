/** @type {import('next').NextConfig} */
export default {
  // Several builds of one tree (tests beside development) must not write into each other's folder.
  distDir: process.env.NEXT_DIST_DIR || '.next',
  // A lock file in a folder above would otherwise be taken for the root of the project.
  turbopack: { root: import.meta.dirname },
  // Types are checked by `npm test`; whoever only starts the program need not wait for that.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  devIndicators: false,
  // No page has pictures to scale; the scaler would fetch addresses that anybody names.
  images: { unoptimized: true },
};
