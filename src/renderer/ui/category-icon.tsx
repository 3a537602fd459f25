import { Code2, FileText, FolderOpen, Image, PenLine, Table2, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Category } from './names.ts'

const icons: Record<Category, LucideIcon> = {
  documents: FileText,
  data: Table2,
  writing: PenLine,
  photos: Image,
  files: FolderOpen,
  developer: Code2,
}

/** The tile that stands for a skill's category. Decorative: the title beside it says what it is. */
export function CategoryIcon({ category, large = false }: { category: string; large?: boolean }): ReactNode {
  const Icon = icons[category as Category] ?? FileText
  return (
    <span
      aria-hidden
      className={`grid shrink-0 place-items-center bg-brand-soft text-brand ${large ? 'size-14 rounded-lg' : 'size-10 rounded-md'}`}
    >
      <Icon size={large ? 26 : 20} strokeWidth={1.75} />
    </span>
  )
}
