import java.util.*;

class Sample {
    int number() { return "é"; }
	void fill() { List items = new ArrayList(); Strin word; }
}
