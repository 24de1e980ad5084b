const label = "😀"; const count: number = "many";
export function size(text: string): number {
    return text.lenght + missing;
}
