#include <stdio.h>
struct pair { int value; };
int main(void) {
    struct pair p = {1};
    /* é */ int unused;
    printf("%d", p.valeu);
    return 0
}
