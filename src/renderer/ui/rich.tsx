import { Fragment, type ReactNode } from 'react'

/**
 * A said sentence with elements inside: `rich(t('Look at <settings>Settings</settings>.'), { settings: (text) => <Link>… })`.
 * Each language places them where its sentence wants them. A name without a piece stays text.
 */
export function rich(
  sentence: string,
  pieces: Readonly<Record<string, (text: string) => ReactNode>>,
): ReactNode {
  return sentence.split(/(<(\w+)>.*?<\/\2>)/s).reduce<ReactNode[]>((made, part, index, parts) => {
    // The split gives text, a marked piece, and that piece's name, over and over.
    if (index % 3 === 0) made.push(part)
    if (index % 3 !== 1) return made
    const name = parts[index + 1] ?? ''
    const piece = pieces[name]
    const text = part.slice(name.length + 2, -name.length - 3)
    made.push(<Fragment key={index}>{piece === undefined ? part : piece(text)}</Fragment>)
    return made
  }, [])
}
