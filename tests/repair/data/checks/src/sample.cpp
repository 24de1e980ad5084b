#include <string>
int main() {
    std::string word = "a";
    return word.sise() + missing;
}
