import { defineConfig } from 'vite'
import { compress } from './build/compress.ts'

// Where a Fleet runs that `npm run dev` shows: ./fleet up
const fleet = process.env.FLEET_URL ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [compress()],
  build: {
    target: 'es2022',
    // Everything is a file of its own: the content security policy lets nothing in that is written into the page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      '/v1': fleet,
      '/hubs': { target: fleet, ws: true },
    },
  },
})
