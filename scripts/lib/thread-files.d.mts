import type { Plugin } from 'vite'

export function threadFiles(): Plugin
