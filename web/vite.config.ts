import { defineConfig } from 'vitest/config';

// The bundle is committed, so its names carry no hashes and its text stays readable: a change of one
// line of source is a change of a few lines here.
export default defineConfig({
  base: './',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'inline' },
  build: {
    target: 'es2022',
    minify: false,
    cssMinify: false,
    modulePreload: { polyfill: false },
    rollupOptions: {
      output: {
        entryFileNames: 'assets/page.js',
        assetFileNames: 'assets/page.[ext]',
        inlineDynamicImports: true,
      },
    },
  },
  server: {
    // `npm run dev` shows the page of the crowdflow that runs on this port.
    proxy: { '/api': { target: 'http://127.0.0.1:8080', ws: true, changeOrigin: true } },
  },
  test: { include: ['src/**/*.test.ts'], css: true },
});
