// Lets a text field follow the direction of what is written in it. As an attribute in a component's template it
// would be copied with it, and Chromium does not look at the text of a copied field again.

export function autoDirection(field: HTMLTextAreaElement): void {
  field.dir = 'auto';
}
