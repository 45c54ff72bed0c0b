pragma ComponentBehavior: Bound

import QtQuick
import zhizhu.screen
import "pages"
import "parts"

// One upright screen of 1080 × 1920, scaled as a whole where the window is another size.
Window {
    id: root

    required property TerminalViewModel terminal

    function pageFor(screen: string): Component {
        switch (screen) {
        case "attract":
            return attract;
        case "home":
            return home;
        case "guide":
            return guide;
        case "consent":
            return consent;
        case "card_wanted":
            return cardWanted;
        case "typing":
            return typing;
        case "face":
            return face;
        case "later_check":
            return laterCheck;
        case "witness":
            return witness;
        case "asked":
            return asked;
        case "filling":
            return typing;
        case "giving":
            return giving;
        case "confirm":
        case "withdrawing":
            return confirm;
        case "working":
            return working;
        case "done":
            return done;
        case "rating":
            return asked;
        case "take_card":
            return takeCard;
        case "power_out":
            return powerOut;
        case "lookup":
            return lookup;
        case "lookup_result":
            return lookupResult;
        case "sorry":
            return sorry;
        }
        return sorry;
    }

    color: Theme.paper
    height: 1920
    visible: true
    width: 1080

    Component {
        id: attract

        AttractPage {
            terminal: root.terminal
        }
    }

    Component {
        id: home

        HomePage {
            terminal: root.terminal
        }
    }

    Component {
        id: guide

        GuidePage {
            terminal: root.terminal
        }
    }

    Component {
        id: consent

        ConsentPage {
            terminal: root.terminal
        }
    }

    Component {
        id: cardWanted

        CardWantedPage {
            terminal: root.terminal
        }
    }

    Component {
        id: typing

        TypingPage {
            terminal: root.terminal
        }
    }

    Component {
        id: face

        FacePage {
            terminal: root.terminal
        }
    }

    Component {
        id: laterCheck

        LaterCheckPage {
            terminal: root.terminal
        }
    }

    Component {
        id: witness

        WitnessPage {
            terminal: root.terminal
        }
    }

    Component {
        id: asked

        AskedPage {
            terminal: root.terminal
        }
    }

    Component {
        id: giving

        GivingPage {
            terminal: root.terminal
        }
    }

    Component {
        id: confirm

        ConfirmPage {
            terminal: root.terminal
        }
    }

    Component {
        id: working

        WorkingPage {
            terminal: root.terminal
        }
    }

    Component {
        id: done

        DonePage {
            terminal: root.terminal
        }
    }

    Component {
        id: takeCard

        TakeCardPage {
            terminal: root.terminal
        }
    }

    Component {
        id: powerOut

        PowerOutPage {
            terminal: root.terminal
        }
    }

    Component {
        id: lookup

        LookupPage {
            terminal: root.terminal
        }
    }

    Component {
        id: lookupResult

        LookupResultPage {
            terminal: root.terminal
        }
    }

    Component {
        id: sorry

        SorryPage {
            terminal: root.terminal
        }
    }

    Item {
        id: stage

        readonly property real factor: Math.min(root.width / width, root.height / height)

        height: 1920
        scale: stage.factor
        transformOrigin: Item.TopLeft
        width: 1080
        x: (root.width - width * stage.factor) / 2

        TopBar {
            id: top

            viewModel: root.terminal.bar
            width: parent.width
        }

        StepBar {
            id: steps

            anchors.left: parent.left
            anchors.right: parent.right
            anchors.top: top.bottom
            anchors.topMargin: 36
            rows: root.terminal.page.steps
        }

        Loader {
            anchors.bottom: bottom.top
            anchors.bottomMargin: 24
            anchors.left: parent.left
            anchors.leftMargin: Theme.margin
            anchors.right: parent.right
            anchors.rightMargin: Theme.margin
            anchors.top: steps.bottom
            anchors.topMargin: 28
            sourceComponent: root.pageFor(root.terminal.page.screen)
        }

        BottomBar {
            id: bottom

            anchors.bottom: parent.bottom
            anchors.bottomMargin: 48
            anchors.left: parent.left
            anchors.leftMargin: Theme.margin
            anchors.right: parent.right
            anchors.rightMargin: Theme.margin
            terminal: root.terminal
        }

        MouseArea {
            anchors.bottom: bottom.top
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.top: top.bottom
            enabled: root.terminal.page.screen === "attract"

            onClicked: root.terminal.touch("wake", "")
        }

        BellOverlay {
            anchors.fill: parent
            terminal: root.terminal
        }

        IdleOverlay {
            anchors.fill: parent
            terminal: root.terminal
        }
    }
}
