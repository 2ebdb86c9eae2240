// Builds src/ into dist/ under names that never change: pages add a hash of the content as a query.
import { defineConfig } from "vite";

export default defineConfig({
  base: "/assets/",
  publicDir: "public",
  css: { preprocessorOptions: { scss: { quietDeps: true, loadPaths: ["node_modules"], style: "compressed", charset: false } } },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    // Sass compresses; the usual minifier refuses a media query that GOV.UK Frontend writes for old browsers.
    cssMinify: false,
    modulePreload: false,
    rollupOptions: {
      input: { app: "src/app.js" },
      output: { entryFileNames: "[name].js", chunkFileNames: "[name].js", assetFileNames: "app[extname]" },
    },
  },
});
